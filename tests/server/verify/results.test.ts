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

test('what is kept before a reveal, or of the other kind, is found', async () => {
	const wrong = (kind: string, number: number, names: string) =>
		`what is kept of ${kind} ${number} is not what its votes make: ${names}.`;
	const numberOf = async (id: string) =>
		(await owner`select number from evaluations where id = ${id}`)[0]!.number as number;
	for (const [id, kind, name] of [
		[hidden, 'comparison', 'result'],
		[hidden, 'comparison', 'scored'],
		[comparison, 'comparison', 'scored'],
		[scoring, 'scoring', 'result']
	] as const) {
		await set(id, `${name} = '{"kind":"ship-it","title":"SHIP IT"}'`);
		expect(await found()).toEqual([wrong(kind, await numberOf(id), name)]);
		await set(id, `${name} = null`);
	}
});
