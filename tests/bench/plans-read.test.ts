import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Explained, explainedIn, inVain, mark, whyRight, wrongIn } from './plans-read.ts';

type Node = Explained['plan'];

const node = (type: string, expected: number, came: number, more: Partial<Node> = {}): Node => ({
	...{ 'Node Type': type, 'Plan Rows': expected, 'Actual Rows': came, 'Actual Loops': 1 },
	...more
});
const explained = (plan: Node, query = 'select'): Explained => ({ during: 'a deed', ms: 1, query, plan });
const found = (plan: Node) => wrongIn(explained(plan)).map(({ node: name, came }) => [name, came]);

const votes = node('Index Scan', 5, 5000, { 'Relation Name': 'votes', 'Index Name': 'votes_key' });
const ballot = node('Index Scan', 1, 1, { 'Actual Loops': 5000 });

describe('expecting less than a hundredth', () => {
	test('is wrong where a loop was chosen for it, and the lowest node is named', () => {
		expect(found(node('Nested Loop', 1, 5000, { Plans: [votes, ballot] }))).toEqual([
			['Index Scan votes votes_key', 5000]
		]);
	});

	test('is not where both sides are read once, as few as came, or nearly as many as expected', () => {
		expect(found(node('Hash Join', 1, 5000, { Plans: [votes, node('Hash', 1, 5000)] }))).toEqual([]);
		const few = { ...votes, 'Actual Rows': 999 };
		expect(found(node('Nested Loop', 1, 999, { Plans: [few, { ...ballot, 'Actual Loops': 999 }] }))).toEqual([]);
		const right = { ...votes, 'Plan Rows': 51 };
		expect(found(node('Nested Loop', 51, 5000, { Plans: [right, ballot] }))).toEqual([]);
	});

	test('is not in what is worked out before a loop, but in a loop within that it is', () => {
		const before = { ...votes, 'Parent Relationship': 'InitPlan' };
		const one = node('Index Scan', 1, 1);
		expect(found(node('Nested Loop', 1, 1, { Plans: [before, one, one] }))).toEqual([]);
		const loop = node('Nested Loop', 1, 5000, { 'Parent Relationship': 'InitPlan', Plans: [votes, ballot] });
		expect(found(node('Nested Loop', 1, 1, { Plans: [loop, one, one] }))).toEqual([
			['Index Scan votes votes_key', 5000]
		]);
	});

	test('is not before a question with a limit, which nothing but a loop can ask; it is when that loop is a side of another', () => {
		const asked = node('Memoize', 1, 1, { Plans: [node('Limit', 1, 1, { Plans: [ballot] })] });
		const loop = node('Nested Loop', 5, 5000, { Plans: [votes, asked] });
		expect(found(loop)).toEqual([]);
		expect(found(node('Nested Loop', 5, 5000, { Plans: [loop, ballot] }))).toEqual([
			['Index Scan votes votes_key', 5000]
		]);
	});
});

test('an index that leads to ten thousand rows in vain is said, with the reason where it is right so', () => {
	const scan = node('Index Scan', 2, 1, {
		...{ 'Relation Name': 'examples', 'Index Name': 'examples_rewritten', 'Rows Removed by Filter': 10_000 }
	});
	const [one] = inVain(explained(scan, 'select number from examples'));
	expect(one).toMatchObject({ node: 'Index Scan examples examples_rewritten', came: 10_000 });
	expect(whyRight(one!)).toBeNull();
	const ofSide = 'where "examples"."split" = $2 order by "examples"."number" asc limit $3';
	expect(whyRight(inVain(explained(scan, ofSide))[0]!)).toMatch(/names no side/);
	expect(inVain(explained({ ...scan, 'Rows Removed by Filter': 9_999 }))).toEqual([]);
	expect(inVain(explained({ ...scan, 'Actual Rows': 101 }))).toEqual([]);
});

describe('the log', () => {
	const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-plans-')), 'postgres.log');
	afterAll(() => fs.rmSync(path.dirname(file), { recursive: true }));

	test('says which statement belongs to which deed; what comes between two belongs to none', async () => {
		const statement = (query: string) =>
			`now LOG:  duration: 1.5 ms  plan:\n\t${JSON.stringify({ 'Query Text': query, Plan: node('Result', 1, 1) })}\n`;
		const begin = (name: string) => `now LOG:  ${mark}${name}\n`;
		const before = statement('before');
		const text = [begin(''), statement('ready'), begin('one'), statement('select\n 1'), begin(''), statement('after')];
		fs.writeFileSync(file, before + text.join(''));
		const list = await explainedIn(file, before.length);
		expect(list.map(({ during, ms, query }) => [during, ms, query])).toEqual([['one', 1.5, 'select 1']]);
	});
});
