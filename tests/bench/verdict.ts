import { readFileSync } from 'node:fs';
import type postgres from 'postgres';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { revealResults } from '../../src/lib/server/evaluations/commands.ts';
import { getResults } from '../../src/lib/server/evaluations/queries.ts';
import { newBallot } from '../support/data/evaluation.ts';
import { type Measure, spent } from './measure.ts';

const pairs = 2000;
const votes = 3;
const warming = 4;
const rounds = 12;
const ticksPerSecond = 100;

/** Milliseconds of the processor that the connections of this database have used so far. */
const databaseMs = async (owner: postgres.Sql) => {
	const rows = await owner<{ pid: number }[]>`select pid from pg_stat_activity where backend_type = 'client backend'`;
	let ticks = 0;
	for (const { pid } of rows) {
		// behind the name, which may hold blanks: the 12th and 13th field are the time in and for the process
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		ticks += Number(fields[11]) + Number(fields[12]);
	}
	return (1000 * ticks) / ticksPerSecond;
};

/** Everybody has judged everything, and the tuned answer wins somewhat more often. */
const judgeAll = async (owner: postgres.Sql, evaluationId: string, people: readonly string[]) => {
	for (const [index, person] of people.entries()) {
		await owner`
			insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, position, swapped)
			select team_id, project_id, evaluation_id, id, ${person}, position, (position + ${index}) % 2 = 0
			from pairings where evaluation_id = ${evaluationId}`;
		await owner`
			insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id, created_at)
			select team_id, project_id, evaluation_id, pairing_id, id, person_id,
				case
					when (position * 13 + ${index}) % 10 = 0 then 'both_bad'
					when (position * 13 + ${index}) % 10 < 3 then 'tie'
					when ((position * 13 + ${index}) % 10 < 7) = swapped then 'second'
					else 'first'
				end,
				gen_random_uuid(), now() - interval '2 hours' + position * interval '3 seconds'
			from ballots where evaluation_id = ${evaluationId} and person_id = ${person} order by position`;
	}
	await owner`analyze`;
};

/** RESULTS: what the results of the largest comparison there is cost the server and its database, in time of the processor. */
export const run = async ({ owner }: { owner: postgres.Sql }): Promise<Measure[]> => {
	const words =
		'We are sorry to hear that. Send us the number of your order, and a new part leaves us tomorrow. '.repeat(8);
	const { scope, as, slug, id } = await newBallot(
		pairs,
		(letter, position) =>
			`${letter === 'a' ? 'Apple' : 'Beech'} ${position} ${words.slice(0, 300 + ((position * 37) % 400))}`,
		{ votes }
	);
	const others = [await as('rater'), await as('trainer')];
	await judgeAll(
		owner,
		id,
		[scope, ...others].map(({ userId }) => userId!)
	);
	const inside = await inProject(scope, slug);
	const revealing = [await spent(() => revealResults(inside, { evaluationId: id }))];
	const open = () => getResults(inside, { evaluationId: id, show: 'all', page: 1 });
	const [server, database]: [number[], number[]] = [[], []];
	for (let round = -warming; round < rounds; round++) {
		const before = await databaseMs(owner);
		const ms = await spent(open);
		if (round < 0) continue;
		server.push(ms);
		database.push((await databaseMs(owner)) - before);
	}
	const ofDatabase = database.reduce((sum, ms) => sum + ms, 0) / rounds;
	const what = `results of ${pairs.toLocaleString('en')} pairs with ${votes} votes each`;
	const told = { unit: 'ms', judged: 'value' as const, better: 'lower' as const };
	return [
		{
			...{ id: 'RESULTS', what: `${what}: processor of server and database`, ...told },
			...{ values: server.map((ms, round) => ms + database[round]!), target: 300, moonshot: 100 },
			note: `of the database ${ofDatabase.toFixed(0)} ms on average, in steps of ${1000 / ticksPerSecond} ms`
		},
		{
			...{
				id: 'RESULTS',
				what: `their reveal, where every answer is looked through: processor of the server`,
				...told
			},
			...{ values: revealing, target: 2000, moonshot: 500 }
		}
	];
};
