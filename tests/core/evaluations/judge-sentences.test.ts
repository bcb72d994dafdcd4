import { expect, test } from 'vitest';
import {
	agreementSentence,
	calibratedSentence,
	lengthSentence,
	notJudgedSentence,
	orderSentence,
	ownSentence
} from '../../../src/lib/core/evaluations/judge-sentences.ts';
import type { JudgeSummary } from '../../../src/lib/core/evaluations/judging.ts';

const summary = (more: object) => more as JudgeSummary;
const sides = { a: 'v3', b: 'base' };

test('it prefers who wins more often, and neither where both do', () => {
	const said = (wins: number, losses: number) =>
		ownSentence(summary({ judged: 10, wins, losses, ties: 10 - wins - losses, netPreference: 0 }), sides);
	expect(said(6, 2)).toMatch(/^Prefers v3:/);
	expect(said(2, 6)).toMatch(/^Prefers base:/);
	expect(said(4, 4)).toMatch(/^Prefers neither:/);
});

test('pairs that are not judged: none, one, two', () => {
	const said = (notJudged: number) => notJudgedSentence(summary({ notJudged }));
	expect(said(0)).toBeNull();
	expect(said(1)).toMatch(/^1 pair is /);
	expect(said(2)).toMatch(/^2 pairs are /);
});

test('agreement is shown where there is a figure and a word for it, and names the clear ones where there are any', () => {
	const said = (more: object) =>
		agreementSentence(
			summary({ agreement: { overlap: 20, same: 10, ac: -0.25, label: 'moderate', clear: 4, sameClear: 3, ...more } })
		);
	expect(said({})).toMatch(/10 of 20 pairs \(50 %\): moderate, AC1 −\.25\. .*4 pairs.* in 3\.$/);
	expect(said({ ac: 1 })).toMatch(/AC1 1\.00\./);
	expect(said({ ac: 10.05 })).toMatch(/AC1 10\.05\./);
	expect(said({ clear: 0 })).toMatch(/AC1 −\.25\.$/);
	expect(said({ ac: null })).toMatch(/^Not shown yet/);
	expect(said({ label: null })).toMatch(/^Not shown yet/);
});

test('where the orders differ it is said which place it named, if it did', () => {
	const said = (more: object) =>
		orderSentence(summary({ judged: 10, steady: 6, alwaysFirst: 0, alwaysSecond: 0, ...more }));
	expect(said({ judged: 0, steady: 0 })).toMatch(/^Nothing to compare/);
	expect(said({ steady: 10 })).toMatch(/in all 10 pairs/);
	expect(said({})).toMatch(/in 6 of 10 pairs\. /);
	expect(said({ alwaysFirst: 3 })).toMatch(/pairs, named whichever stood first in 3\. /);
	expect(said({ alwaysSecond: 1 })).toMatch(/pairs, named whichever stood second in 1\. /);
	expect(said({ alwaysFirst: 3, alwaysSecond: 1 })).toMatch(/first in 3 and whichever stood second in 1\. /);
});

test('people are named beside its liking for length where they chose', () => {
	const said = (of: number) =>
		lengthSentence(summary({ length: { model: { of: 8, longer: 6 }, people: { of, longer: 2 } } }));
	expect(said(0)).toMatch(/in 6 of 8 clear choices\.$/);
	expect(said(4)).toMatch(/people did in 2 of 4\.$/);
});

test('together with people: nothing to add without others, or below a weight of a twentieth', () => {
	const said = (more: object) =>
		calibratedSentence(
			summary({
				judged: 30,
				agreement: { overlap: 30 },
				calibrated: {
					estimate: 0.2,
					interval: [0.1, 0.3],
					weight: 0.05,
					alone: { estimate: 0.1, interval: [0, 0.2] },
					labelled: 20,
					others: 10,
					...more
				}
			})
		);
	expect(said({})).toMatch(/^\+20 points/);
	expect(said({ weight: 0.049 })).toMatch(/given no weight/);
	expect(said({ others: 0 })).toMatch(/all 20 pairs/);
	const without = (judged: number) =>
		calibratedSentence(summary({ judged, agreement: { overlap: 5 }, calibrated: null }));
	expect(without(6)).toMatch(/^Not shown yet/);
	expect(without(5)).toMatch(/^Nothing to add/);
});
