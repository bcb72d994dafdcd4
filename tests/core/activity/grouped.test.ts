import { describe, expect, test } from 'vitest';
import { type Deed, grouped } from '../../../src/lib/core/activity/grouped.ts';

const noon = Date.UTC(2026, 10, 28, 12);
const deed = (minutesAgo: number, event: string, subject: string, actor: string | null = 'ana'): Deed => ({
	event,
	subject,
	actor,
	at: new Date(noon - minutesAgo * 60_000)
});
const lines = (deeds: Deed[], most = 20) =>
	grouped(deeds, { most, isGrouped: (event) => event === 'rated' }).map(
		({ newest, count, subjects }) => `${newest.actor} ${newest.event} ${newest.subject} ×${count}/${subjects}`
	);

describe('deeds in a row', () => {
	test('of one person and kind are one line, named by the newest', () => {
		expect(lines([deed(0, 'rated', '3'), deed(1, 'rated', '2'), deed(2, 'rated', '1')])).toEqual(['ana rated 3 ×3/3']);
	});
	test('to one subject count as one subject', () => {
		expect(lines([deed(0, 'rated', '1'), deed(1, 'rated', '1')])).toEqual(['ana rated 1 ×2/1']);
	});
	test('of two persons, of two kinds, or of nobody and somebody are lines of their own', () => {
		const deeds = [
			deed(0, 'rated', '3'),
			deed(1, 'rated', '2', 'bo'),
			deed(2, 'wrote', '1', 'bo'),
			deed(3, 'rated', '1', null)
		];
		expect(lines(deeds)).toHaveLength(4);
	});
	test('with something else between them are two lines', () => {
		expect(lines([deed(0, 'rated', '2'), deed(1, 'wrote', '9'), deed(2, 'rated', '1')])).toEqual([
			'ana rated 2 ×1/1',
			'ana wrote 9 ×1/1',
			'ana rated 1 ×1/1'
		]);
	});
	test('of a kind that is always told one by one stay apart', () => {
		expect(lines([deed(0, 'wrote', '2'), deed(1, 'wrote', '1')])).toHaveLength(2);
	});
	test('belong together over hours as long as no pause is longer than one', () => {
		expect(lines([0, 60, 120, 180].map((ago) => deed(ago, 'rated', String(ago))))).toEqual(['ana rated 0 ×4/4']);
		expect(lines([deed(0, 'rated', '2'), deed(60.1, 'rated', '1')])).toHaveLength(2);
	});
	test('beyond the last line are left out, and still counted into it', () => {
		const deeds = [deed(0, 'wrote', '3'), deed(1, 'rated', '2'), deed(2, 'rated', '1'), deed(3, 'wrote', '1')];
		expect(lines(deeds, 2)).toEqual(['ana wrote 3 ×1/1', 'ana rated 2 ×2/2']);
	});
	test('of which there are none are no lines', () => expect(lines([])).toEqual([]));
});
