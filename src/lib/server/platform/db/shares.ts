import { type Pool, away } from './pool.ts';

type Team = { out: number; waiting: (() => void)[] };

/**
 * A pool for each team, made of one: none has more than `most` connections out at a time. The rest of what a team asks for waits in a row of its own,
 * so that others find one while twelve of one team wait for the same row.
 */
export const inShares = (pool: Pool, most: number, patienceMs = 10_000) => {
	const teams = new Map<string, Team>();

	const enter = async (id: string): Promise<void> => {
		const team = teams.get(id) ?? { out: 0, waiting: [] };
		teams.set(id, team);
		if (team.out < most) {
			team.out++;
			return;
		}
		await new Promise<void>((go, refuse) => {
			const turn = () => (clearTimeout(timer), go());
			const timer = setTimeout(() => {
				team.waiting.splice(team.waiting.indexOf(turn), 1);
				refuse(away());
			}, patienceMs);
			team.waiting.push(turn);
		});
	};

	/** Whoever is next gets the place; it is never free in between. */
	const leave = (id: string) => {
		const team = teams.get(id)!;
		const next = team.waiting.shift();
		if (next) return next();
		if (--team.out === 0) teams.delete(id);
	};

	return (id: string): Pick<Pool, 'take' | 'giveBack' | 'discard'> => ({
		take: async () => {
			await enter(id);
			return pool.take().catch((problem) => {
				leave(id);
				throw problem;
			});
		},
		giveBack: (connection) => {
			pool.giveBack(connection);
			leave(id);
		},
		// given back all the same, by whoever has it
		discard: (connection) => pool.discard(connection)
	});
};
