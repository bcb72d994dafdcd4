import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { chainEntries } from './chain.ts';

export const channel = 'aitelier';

/**
 * Collects teams, and does `work` for all of them at most once in 25 ms, one at a time; where it throws, once more after a
 * second. What is waited for is lost with the process.
 */
const coalesced = (work: (teams: string[]) => Promise<void>) => {
	const waiting = new Set<string>();
	let timer: NodeJS.Timeout | undefined;
	const later = (ms: number) => (timer ??= setTimeout(go, ms).unref());
	const go = async () => {
		const teams = [...waiting];
		waiting.clear();
		let pauseMs = 25;
		try {
			await work(teams);
		} catch (problem) {
			log.warn('relay', { problem: String(problem) });
			for (const team of teams) waiting.add(team);
			pauseMs = 1_000;
		}
		timer = undefined;
		if (waiting.size > 0) later(pauseMs);
	};
	return (teamId: string) => {
		waiting.add(teamId);
		later(25);
	};
};

/**
 * The team's pages look again. Called by `scope.tx` once the change is visible to others: NOTIFY inside every write transaction
 * costs 60–70 % of the throughput. Lost with the process, it is made up for by the hub's own look.
 */
export const tellPages = coalesced(async (teams) => {
	// 8 000 bytes is the limit of a payload; a uuid and a comma are 37
	for (let i = 0; i < teams.length; i += 200) {
		await plainPool()`select pg_notify(${channel}, ${teams.slice(i, i + 200).join(',')})`;
	}
});

/**
 * The team's new audit entries get their places in its chain. Called after the commit that wrote them: inside, the team's
 * writers would wait for each other. What fails or is lost with the process is made up for by the janitor.
 */
export const linkEntries = coalesced(async (teams) => {
	for (const team of teams) {
		// one team's trouble is not the others'
		await chainEntries(team).catch((problem) => log.warn('audit chain', { team, problem: String(problem) }));
	}
});
