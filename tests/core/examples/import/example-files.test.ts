import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contentText, promptText } from '../../../../src/lib/core/examples/fingerprint.ts';
import { linesOf } from '../../../../src/lib/core/examples/import/lines.ts';
import { parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

type Example = Extract<ReturnType<typeof parseLine>, { ok: true }>;

const read = async (name: string) => {
	const found: Example[] = [];
	for await (const line of linesOf(
		createReadStream(new URL(`../../../../examples/${name}/examples.jsonl`, import.meta.url))
	)) {
		const parsed = line.text === null ? { ok: false as const, reason: line.reason } : parseLine(line.text, line.number);
		if (!parsed.ok) throw new Error(`${name}: ${parsed.reason}`);
		found.push(parsed);
	}
	return found;
};
const support = await read('customer-support');
const review = await read('code-review');
const questions = await read('domain-questions');
const said = (example: Example) => example.messages.map((turn) => turn.content);

test('customer support is large and varied enough for a whole project', () => {
	expect(support.length).toBeGreaterThanOrEqual(72);
	expect(support.filter(({ rating }) => rating !== null && rating >= 8).length).toBeGreaterThanOrEqual(45);
	expect(support.filter(({ rating }) => rating === null).length).toBeGreaterThanOrEqual(8);
	expect(support.filter(({ rewrite }) => rewrite !== null).length).toBeGreaterThanOrEqual(8);
	expect(support.filter(({ messages }) => messages.length > 3).length).toBeGreaterThanOrEqual(8);
	expect(new Set(support.map(({ rating }) => rating))).toEqual(new Set([null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
});

test('code review has enough, some of it unrated and rewritten', () => {
	expect(review.length).toBeGreaterThanOrEqual(32);
	expect(review.some(({ rating }) => rating === null)).toBe(true);
	expect(review.some(({ rewrite }) => rewrite !== null)).toBe(true);
});

test('domain questions are enough for a training and a verdict, with every score and some left to do', () => {
	expect(questions.filter(({ rating }) => rating !== null && rating >= 8).length).toBeGreaterThanOrEqual(100);
	expect(questions.filter(({ rating }) => rating === null).length).toBeGreaterThanOrEqual(8);
	expect(questions.filter(({ rewrite }) => rewrite !== null).length).toBeGreaterThanOrEqual(5);
	expect(new Set(questions.map(({ rating }) => rating))).toEqual(new Set([null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
	for (const { messages, rating, rewrite } of questions) {
		if (rating === null || rating < 8) continue;
		const answer = rewrite ?? messages.at(-1)!.content;
		expect(answer).not.toContain('!');
		expect(answer.length, answer).toBeGreaterThan(90);
		expect(answer.length, answer).toBeLessThan(420);
	}
});

test.each([
	['customer support', support],
	['code review', review],
	['domain questions', questions]
])('%s: one system prompt, no prompt twice, nothing that needs its source kept', (_, examples) => {
	expect(new Set(examples.map((example) => said(example)[0])).size).toBe(1);
	expect(examples.every(({ messages }) => messages[0]!.role === 'system')).toBe(true);
	expect(new Set(examples.map(({ messages }) => promptText(messages))).size).toBe(examples.length);
	expect(new Set(examples.map(({ messages }) => contentText(messages))).size).toBe(examples.length);
	expect(examples.every(({ source }) => source === null)).toBe(true);
});

test('what should be learnt at Moss & Ladle keeps to its own rules', () => {
	const good = support.filter(({ rating }) => rating !== null && rating >= 8);
	for (const { messages, rewrite } of good) {
		const answer = rewrite ?? messages.at(-1)!.content;
		expect(answer).not.toContain('!');
		expect(answer.length, answer).toBeGreaterThan(90);
		expect(answer.length, answer).toBeLessThan(650);
	}
});

test('the README of each gives its real numbers', async () => {
	for (const [name, examples] of [
		['customer-support', support],
		['code-review', review],
		['domain-questions', questions]
	] as const) {
		const readme = await readFile(new URL(`../../../../examples/${name}/README.md`, import.meta.url), 'utf8');
		const rated = examples.filter(({ rating }) => rating !== null);
		expect(readme).toContain(`- ${examples.length} `);
		expect(readme).toContain(`- ${rated.length} rated`);
		expect(readme).toContain(`; ${rated.filter(({ rating }) => rating! >= 8).length} of them 8 or better`);
		expect(readme).toContain(`- ${examples.length - rated.length} still to rate`);
		expect(readme).toContain(`- ${examples.filter(({ rewrite }) => rewrite).length} rewritten`);
	}
});
