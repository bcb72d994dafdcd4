import { plainPool } from '../platform/db/pools.ts';
import { outbox } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import type { Tx } from '../access/scope.ts';

export type Announcement = { topic: string };

/** Everything a page can wait for. */
export type Topic = `run:${string}` | `evaluation:${string}` | `project:${string}`;

export const channel = 'aitelier';

/** Writes down, in the same transaction, that something changed; pages hear of it after the commit. */
export const announce = async (tx: Tx, topic: Topic, projectId: string) => {
	if (tx.announcements.some((known) => known.topic === topic)) return;
	tx.announcements.push({ topic });
	await tx.insert(outbox).values({ topic, projectId });
};

const waiting = new Set<string>();
let timer: NodeJS.Timeout | undefined;

/**
 * The relay: NOTIFY inside every write transaction costs 60–70 % of the throughput (performance.md §6.4), so each process
 * names the teams that have news at most once in 25 ms. Lost with the process, it is made up for by the hub's own look.
 */
const relay = async () => {
	timer = undefined;
	const teams = [...waiting];
	waiting.clear();
	try {
		// 8 000 bytes is the limit of a payload; a uuid and a comma are 37
		for (let i = 0; i < teams.length; i += 200) {
			await plainPool()`select pg_notify(${channel}, ${teams.slice(i, i + 200).join(',')})`;
		}
	} catch (problem) {
		log.warn('relay', { problem: String(problem) });
	}
};

/** Called by `scope.tx` once the change is visible to others. */
export const afterCommit = (teamId: string, announcements: Announcement[]) => {
	if (announcements.length === 0) return;
	waiting.add(teamId);
	timer ??= setTimeout(relay, 25).unref();
};
