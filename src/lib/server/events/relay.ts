import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';

export const channel = 'aitelier';

const waiting = new Set<string>();
let timer: NodeJS.Timeout | undefined;

/**
 * NOTIFY inside every write transaction costs 60–70 % of the throughput, so each process names the teams that have news at
 * most once in 25 ms. Lost with the process, it is made up for by the hub's own look.
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
		for (const team of teams) waiting.add(team);
		timer ??= setTimeout(relay, 1_000).unref();
	}
};

/** The team's pages look again. Called by `scope.tx` once the change is visible to others. */
export const tellPages = (teamId: string) => {
	waiting.add(teamId);
	timer ??= setTimeout(relay, 25).unref();
};
