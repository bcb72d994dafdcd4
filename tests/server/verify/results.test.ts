// What is kept of evaluations for lists, trends and later verdicts is what their votes make.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { revealResults, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { nextAnswers } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { newBallot, newScoring, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

let comparison: string;
let scoring: string;
let hidden: string;
beforeAll(async () => {
	const vote = await newBallot(12);
	let cast = 0;
	await voteAs(vote.scope, vote.slug, vote.id, () => (['a', 'a', 'b', 'tie', 'both_bad', 'a'] as const)[cast++ % 6]!);
	await revealResults(await inProject(vote.scope, vote.slug), { evaluationId: vote.id });
	comparison = vote.id;

	const scores = await newScoring(6);
	const { list } = await nextAnswers(scores.voter, { evaluationId: scores.id, after: -1 });
	for (const [at, { ballotId }] of list.entries())
		await scoreAnswer(scores.voter, { evaluationId: scores.id, ballotId, score: 4 + at, clientId: randomUUID() });
	await revealResults(scores.voter, { evaluationId: scores.id });
	scoring = scores.id;

	hidden = (await newBallot(2)).id;
});

const found = async () => {
	const sentences: string[] = [];
	await verify(owner, (sentence) => sentences.push(sentence));
	return sentences.filter((sentence) => sentence.includes('what is kept of')).map((one) => one.replace(/^.*?: /, ''));
};
const set = (id: string, change: string) =>
	rewriteHistory('evaluations', (sql) => sql.unsafe(`update evaluations set ${change} where id = '${id}'`));

test('what was counted at the reveal comes out again', async () => {
	const kept =
		await owner`select result, scored from evaluations where id in ${owner([comparison, scoring])} and (result is not null or scored is not null)`;
	expect(kept).toHaveLength(2);
	expect(await found()).toEqual([]);
});

const withField = (column: string, name: string, value: string) =>
	`${column} = jsonb_set(${column}::jsonb, '{${name}}', '${value}')::json`;
const ofComparison = {
	version: '"v7"',
	against: '"other"',
	kind: '"ship-it"',
	title: '"SHIP IT"',
	netPreference: '0.9',
	interval: '[0.8, 1]',
	winRate: '1',
	winInterval: '[0.9, 1]',
	wins: '12',
	losses: '0',
	ties: '11',
	bothBad: '0'
};
test.each(Object.entries(ofComparison))('another %s of a comparison is found', async (name, value) => {
	const [row] = await owner`select number, result::text as kept from evaluations where id = ${comparison}`;
	await set(comparison, withField('result', name, value));
	const names = name === 'kind' ? 'title, kind' : name;
	expect(await found()).toEqual([`what is kept of comparison ${row!.number} is not what its votes make: ${names}.`]);
	await set(comparison, `result = '${row!.kept.replaceAll("'", "''")}'`);
	expect(await found()).toEqual([]);
});

const saying = async (names: string) => {
	const [row] = await owner`select number from evaluations where id = ${comparison}`;
	return [`what is kept of comparison ${row!.number} is not what its votes make: ${names}.`];
};

test.each(
	Object.entries({
		...{ scores: '{"votes": 1, "counts": [0, 0, 12]}', bothBad: '3', named: '1', missing: '["x"]' },
		...{ skipped: '[{}]', broken: '{"a": 1, "b": 0}', thought: '{"a": 0, "b": 2}', voters: '[]' },
		...{ lengths: '{}', agreement: '{}', means: '{}', scripts: '{}', guests: '{}' }
	})
)('another %s in what a comparison came to is found', async (name, value) => {
	const [row] = await owner`select counted::text as kept from evaluations where id = ${comparison}`;
	await set(comparison, withField('counted', name, value));
	expect(await found()).toEqual(await saying(name));
	await set(comparison, `counted = '${row!.kept.replaceAll("'", "''")}'`);
	expect(await found()).toEqual([]);
});

test.each([
	...['place = 70', `outcome = 'tie'`, 'sum = 0', 'votes = 9', 'again = true', 'length_a = 1', 'thought_b = true'],
	...['complete_a = false', `asked_id = pairing_id`]
])('a pair that is written down with %s is found', async (change) => {
	const [row] = await owner`select * from judged_pairs where evaluation_id = ${comparison} and outcome = 'a' limit 1`;
	await owner.unsafe(`update judged_pairs set ${change} where evaluation_id = $1 and place = $2`, [
		comparison,
		row!.place as number
	]);
	expect(await found()).toEqual(await saying('pairs'));
	await owner`delete from judged_pairs where evaluation_id = ${comparison} and pairing_id = ${row!.pairing_id as string}`;
	expect(await found()).toEqual(await saying('pairs'));
	await rewriteHistory('judged_pairs', (sql) => sql`insert into judged_pairs ${sql(row!)}`);
	expect(await found()).toEqual([]);
});

test('a name that an answer does not tell is found', async () => {
	await owner`update judged_pairs set named_a = 'gpt' where evaluation_id = ${comparison} and place = 0`;
	const [row] = await owner`select counted::text as kept from evaluations where id = ${comparison}`;
	await set(comparison, withField('counted', 'named', '1'));
	expect(await found()).toEqual(await saying('named'));
	await owner`update judged_pairs set named_a = null where evaluation_id = ${comparison}`;
	await set(comparison, `counted = '${row!.kept.replaceAll("'", "''")}'`);
	expect(await found()).toEqual([]);
});

test.each(
	Object.entries({
		average: '9.5',
		sendable: '6',
		count: '3',
		histogram: '[1]',
		sendableRate: '1',
		interval: '[0.9, 1]',
		version: '"v7"',
		sendableFrom: '2'
	})
)('another %s of a scoring is found', async (name, value) => {
	const [row] = await owner`select number, scored::text as kept from evaluations where id = ${scoring}`;
	await set(scoring, withField('scored', name, value));
	expect(await found()).toEqual([`what is kept of scoring ${row!.number} is not what its votes make: ${name}.`]);
	await set(scoring, `scored = '${row!.kept}'`);
});

test.each(Object.entries({ answers: '[1]', skipped: '7', broken: '7', voters: '[]', agreement: '{"overlap": 1}' }))(
	'another %s of what a scoring was counted to is found',
	async (name, value) => {
		const [row] = await owner`select number, counted::text as kept from evaluations where id = ${scoring}`;
		await set(scoring, withField('counted', name, value));
		expect(await found()).toEqual([`what is kept of scoring ${row!.number} is not what its votes make: ${name}.`]);
		await set(scoring, `counted = '${row!.kept.replaceAll("'", "''")}'`);
		expect(await found()).toEqual([]);
	}
);

test('what is kept before a reveal, or of the other kind, is found', async () => {
	const wrong = (kind: string, number: number, names: string) =>
		`what is kept of ${kind} ${number} is not what its votes make: ${names}.`;
	const numberOf = async (id: string) =>
		(await owner`select number from evaluations where id = ${id}`)[0]!.number as number;
	const ofScores = 'answers, broken, voters, agreement, skipped';
	for (const [id, kind, name, names = name] of [
		[hidden, 'comparison', 'result'],
		[hidden, 'comparison', 'scored'],
		[hidden, 'comparison', 'counted'],
		[scoring, 'scoring', 'counted', ofScores],
		[comparison, 'comparison', 'scored'],
		[scoring, 'scoring', 'result']
	] as [string, string, string, string?][]) {
		await set(id, `${name} = '{"kind":"ship-it","title":"SHIP IT","answers":[]}'`);
		expect(await found()).toEqual([wrong(kind, await numberOf(id), names)]);
		await set(id, `${name} = null`);
	}
});

test('pairs of what is not revealed, or was not counted, are found', async () => {
	const pairs = (id: string) =>
		rewriteHistory(
			'judged_pairs',
			(sql) => sql`
				insert into judged_pairs (team_id, project_id, evaluation_id, place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b,
					thought_a, thought_b, complete_a, complete_b)
				select team_id, project_id, evaluation_id, position, id, example_id, 'a', 1, 1, false, 1, 1, false, false, true, true
				from pairings where evaluation_id = ${id} limit 1`
		);
	for (const [id, kind] of [
		[hidden, 'comparison'],
		[scoring, 'scoring']
	] as const) {
		const [row] = await owner`select number from evaluations where id = ${id}`;
		await pairs(id);
		expect(await found()).toEqual([`what is kept of ${kind} ${row!.number} is not what its votes make: pairs.`]);
		await owner`delete from judged_pairs where evaluation_id = ${id}`;
	}
	const [row] = await owner`select counted::text as kept from evaluations where id = ${comparison}`;
	await set(comparison, 'counted = null');
	expect(await found()).toEqual(await saying('pairs'));
	await set(comparison, `counted = '${row!.kept.replaceAll("'", "''")}'`);
	expect(await found()).toEqual([]);
});
