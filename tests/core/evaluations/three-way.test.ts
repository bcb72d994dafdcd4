import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { VerdictKind } from '../../../src/lib/core/evaluations/rules.ts';
import { verdictKinds } from '../../../src/lib/core/evaluations/rules.ts';
import {
	type AnswerCost,
	answerOf,
	answerSentence,
	answerTitles,
	ownPlace,
	paybackOf,
	sharedPlace
} from '../../../src/lib/core/evaluations/three-way.ts';
import { costWords, secondsWords, trainingWords } from '../../../src/lib/core/evaluations/three-way-words.ts';
import { callCode } from '../../../src/lib/components/evaluations/call-code.ts';
import { hash, randomFrom } from '../../../src/lib/core/math/hash.ts';

const answer = (training: VerdictKind, prompt: VerdictKind, tuned: VerdictKind) =>
	answerOf({ training, prompt, tuned });

describe('the answer', () => {
	test('goes by the comparison of the trained model with the prompt', () => {
		for (const prompt of verdictKinds)
			for (const tuned of verdictKinds) {
				expect(answer('blocked', prompt, tuned)).toBe('unfair');
				expect(answer('promising', prompt, tuned)).toBe('open');
				expect(answer('need-more-data', prompt, tuned)).toBe('open');
				// whatever the others say, nothing else makes it a yes
				for (const training of verdictKinds)
					expect(answer(training, prompt, tuned) === 'train').toBe(training === 'ship-it' && tuned !== 'dont-ship');
			}
	});

	test.each<[VerdictKind, VerdictKind, VerdictKind, string]>([
		['too-close', 'ship-it', 'ship-it', 'prompt'],
		['dont-ship', 'ship-it', 'need-more-data', 'prompt'],
		['too-close', 'need-more-data', 'promising', 'prompt'],
		['too-close', 'too-close', 'too-close', 'base'],
		['too-close', 'too-close', 'ship-it', 'prompt'],
		['dont-ship', 'dont-ship', 'dont-ship', 'base'],
		['too-close', 'dont-ship', 'need-more-data', 'base'],
		['dont-ship', 'need-more-data', 'dont-ship', 'base'],
		['dont-ship', 'ship-it', 'dont-ship', 'prompt'],
		// what loses to the base is never a yes, though it beats a prompt that is worse still
		['ship-it', 'dont-ship', 'dont-ship', 'base'],
		// round in a circle
		['too-close', 'dont-ship', 'ship-it', 'open']
	])('training %s, prompt %s, tuned %s: %s', (training, prompt, tuned, expected) => {
		expect(answer(training, prompt, tuned)).toBe(expected);
	});

	test('every outcome has a title and a sentence without a gap', () => {
		for (const training of verdictKinds)
			for (const prompt of verdictKinds)
				for (const tuned of verdictKinds) {
					const kind = answer(training, prompt, tuned);
					const out = (verdict: VerdictKind) => ({ kind: verdict, words: '+3 points (−1 to 7)' });
					const said = answerSentence(kind, { training: out(training), prompt: out(prompt), tuned: out(tuned) });
					expect(said).toMatch(/^[A-Z].*\.$/);
					expect(said).not.toMatch(/undefined|null|significant/);
					expect(answerTitles[kind]).toBeTruthy();
				}
	});

	test('says what each comparison showed, and no more', () => {
		const words = '+40 points (20 to 60)';
		const none = { kind: 'need-more-data' as const, words: null };
		expect(answerSentence('train', { training: { kind: 'ship-it', words }, prompt: none, tuned: none })).toBe(
			'The trained model is better than the base model with examples in its prompt: +40 points (20 to 60). That it is better than the base model is not shown by itself.'
		);
		expect(answerSentence('prompt', { training: { kind: 'too-close', words }, prompt: none, tuned: none })).toBe(
			'The trained model makes no difference that matters to the base model with examples in its prompt: +40 points (20 to 60). Whether the prompt is better than the base model by itself is not shown yet.'
		);
	});
});

describe('one queue over three', () => {
	test('before the first place is none', () => {
		expect(ownPlace(0, -1, () => 0)).toBe(-1);
		expect(ownPlace(0, 0, () => 0)).toBe(0);
		expect(ownPlace(1, 0, () => 0)).toBe(-1);
	});

	const random = (seed: string) => (place: number) => randomFrom(hash(String(place), seed))();

	test('every ballot of the three has a place of its own, beside the others of its place', () => {
		fc.assert(
			fc.property(fc.string(), fc.nat(60), (seed, count) => {
				const places = [0, 1, 2].flatMap((part) =>
					Array.from({ length: count }, (_, place) => sharedPlace(part, place, random(seed)))
				);
				expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 3 * count }, (_, at) => at));
			})
		);
	});

	test('what lies beyond a shared place is what lies beyond the own one', () => {
		fc.assert(
			fc.property(
				fc.string(),
				fc.integer({ min: -1, max: 100 }),
				fc.integer({ min: 0, max: 2 }),
				(seed, after, part) => {
					const own = ownPlace(part, after, random(seed));
					for (let place = 0; place < 40; place++)
						expect(place > own).toBe(sharedPlace(part, place, random(seed)) > after);
				}
			)
		);
	});

	test('which of the three comes first changes from place to place', () => {
		const first = Array.from({ length: 600 }, (_, place) =>
			[0, 1, 2].find((part) => sharedPlace(part, place, random('ana')) === 3 * place)
		);
		for (const part of [0, 1, 2]) expect(first.filter((one) => one === part).length).toBeGreaterThan(150);
	});
});

describe('when a training has paid for itself', () => {
	const byToken = (centsPerAnswer: number | null): AnswerCost => ({
		billed: 'token',
		centsPerAnswer,
		centsPerHour: null
	});
	const byHour = (centsPerHour: number | null): AnswerCost => ({ billed: 'hour', centsPerAnswer: null, centsPerHour });
	const free: AnswerCost = { billed: 'free', centsPerAnswer: 0, centsPerHour: null };

	test.each<[string, number | null, AnswerCost, AnswerCost, object]>([
		['after what it saves', 400, byToken(0.05), byToken(0.01), { kind: 'answers', answers: 10_000 }],
		['rounded up', 1, byToken(0.03), byToken(0), { kind: 'answers', answers: 34 }],
		['never, where it saves nothing', 400, byToken(0.01), byToken(0.01), { kind: 'never' }],
		['never, where it costs more', 400, byToken(0.01), byToken(0.02), { kind: 'never' }],
		['a training that cost nothing at once', 0, byToken(0.03), byToken(0.01), { kind: 'answers', answers: 0 }],
		['unknown without the price of the training', null, byToken(0.03), byToken(0.01), { kind: 'unknown' }],
		['never, also without that price', null, byToken(0.01), byToken(0.01), { kind: 'never' }],
		['unknown without a price', 400, byToken(null), byToken(0.01), { kind: 'unknown' }],
		['by the hour', 400, byToken(0.05), byHour(200), { kind: 'perHour', answers: 4000 }],
		['by the hour beside what costs nothing', 400, free, byHour(200), { kind: 'never' }],
		['by the hour at an unknown price', 400, byToken(0.05), byHour(null), { kind: 'unknown' }],
		['beside a base that is deployed too', 400, byHour(100), byToken(0.01), { kind: 'unknown' }],
		['where nothing costs anything', 0, free, free, { kind: 'never' }],
		[
			'beside what is free and has no price',
			400,
			byToken(0.05),
			{ ...free, centsPerAnswer: null },
			{ kind: 'answers', answers: 8000 }
		],
		['by the hour beside what has no price', 400, byToken(null), byHour(200), { kind: 'unknown' }],
		[
			'by the hour on both sides, with a price for one',
			400,
			{ ...byHour(100), centsPerAnswer: 1 },
			byHour(200),
			{ kind: 'unknown' }
		],
		[
			'beside a base by the hour with a price for one',
			400,
			{ ...byHour(100), centsPerAnswer: 1 },
			byToken(0.01),
			{ kind: 'unknown' }
		],
		['without a price of its own', 400, byToken(0.05), byToken(null), { kind: 'unknown' }]
	])('%s', (_, training, prompt, trained, expected) => {
		expect(paybackOf(training, prompt, trained)).toEqual(expected);
	});
});

describe('in words', () => {
	test('what an answer costs: a fraction of a cent is no nothing, and what is not known is no zero', () => {
		const token = (centsPerAnswer: number | null) => costWords({ billed: 'token', centsPerAnswer, centsPerHour: null });
		expect(token(0.1134)).toEqual({ one: '0.11 ¢', thousand: '$1.13' });
		expect(token(0.0034)?.one).toBe('0.0034 ¢');
		// no `5e-7`, which few people read, and no `$0`, which it is not
		expect(token(0.0000005)?.one).toBe('less than 0.001 ¢');
		expect(token(0.00099)?.one).toBe('less than 0.001 ¢');
		expect(token(0.001)?.one).toBe('0.001 ¢');
		expect(token(3.25)).toEqual({ one: '3.3 ¢', thousand: '$32.50' });
		expect(token(100)?.one).toBe('$1.00');
		expect(token(150)).toEqual({ one: '$1.50', thousand: '$1,500.00' });
		expect(token(0)).toEqual({ one: '$0', thousand: '$0.00' });
		expect(token(null)).toBeNull();
		expect(costWords({ billed: 'free', centsPerAnswer: 0, centsPerHour: null })).toEqual({ one: '$0', thousand: '$0' });
		expect(costWords({ billed: 'hour', centsPerAnswer: null, centsPerHour: 360 })?.one).toBe('$3.60 an hour');
		expect(costWords({ billed: 'hour', centsPerAnswer: null, centsPerHour: null })?.one).toBe('by the hour');
	});

	test('when the training has paid for itself', () => {
		expect(trainingWords(2, 400, false, { kind: 'answers', answers: 4445 })).toBe(
			'Training v2 cost $4.00. It has paid for itself after about 4,445 answers: each costs less than one with the prompt.'
		);
		expect(trainingWords(2, 400, true, { kind: 'perHour', answers: 900 })).toMatch(
			/^Training v2 cost ≈ \$4\.00\. .*900/
		);
		expect(trainingWords(2, 0, false, { kind: 'never' })).toBe(
			'Training v2 cost nothing. Its answers cost no less than those with the prompt, so it pays by quality alone.'
		);
		expect(trainingWords(2, null, false, { kind: 'unknown' })).toMatch(/^What training v2 cost is not known\./);
		expect([secondsWords(810), secondsWords(9999), secondsWords(10_000)]).toEqual(['0.8 s', '10.0 s', '10 s']);
		expect(trainingWords(2, 400, false, { kind: 'answers', answers: 0 })).toMatch(/\. Each of its answers costs less/);
	});

	test('code that asks with a prompt sends its turns before the question, quoted for each language', () => {
		const before = [
			{ role: 'system', content: 'Be "kind".' },
			{ role: 'user', content: "It’s broken, isn't it?" }
		];
		const [sh, ts, py] = callCode({ url: 'https://a.example/chat', asked: { model: 'm' }, before });
		expect(sh!.text).toContain(`{"role":"system","content":"Be \\"kind\\"."}`);
		expect(sh!.text).toContain(`isn'\\''t it?`);
		expect(ts!.text).toContain(`{ role: "system", content: "Be \\"kind\\"." },\n`);
		expect(py!.text).toContain(`{ "role": "user", "content": "Do you ship to Norway?" }\n        ]`);
		expect(callCode({ url: 'u', asked: {} })[2]!.text).toContain('"messages": [{ "role": "user"');
	});
});
