import { describe, expect, test } from 'vitest';
import { noPairs } from '../../../src/lib/core/runs/pairs.ts';
import { isClear, preflight, type PreflightFacts } from '../../../src/lib/core/runs/preflight.ts';

const fine: PreflightFacts = {
	threshold: 8,
	qualityCount: 148,
	trainCount: 118,
	validationCount: 40,
	tokens: 60_000,
	longestTokens: 900,
	contextTokens: 8192,
	leaks: 0,
	duplicates: 0,
	contested: 0,
	provider: 'together',
	flawed: [],
	thoughtful: 0,
	weighted: 0,
	today: '2026-11-28',
	recipe: { learningRate: 2e-4 },
	keyOk: true,
	model: { trainable: true, servable: true },
	lastRun: { version: 2, newExamples: 10, removedExamples: 0, recipeChanged: false }
};
const finding = (facts: Partial<PreflightFacts>, id: string) =>
	preflight({ ...fine, ...facts }).find((one) => one.id === id)!;

test('when all is well every line says so, and nothing asks to be mended', () => {
	const findings = preflight(fine);
	expect(findings.map(({ level }) => level)).toEqual(findings.map(() => 'ok'));
	expect(findings.every(({ fix }) => fix === undefined)).toBe(true);
	expect(isClear(findings)).toBe(true);
});

test.each<[string, Partial<PreflightFacts>, string, 'block' | 'warn', RegExp]>([
	[
		'too few good examples',
		{ qualityCount: 9 },
		'quality',
		'block',
		/9 examples rated 8 or better\. Training needs at least 10/
	],
	['enough for an experiment', { qualityCount: 19 }, 'quality', 'warn', /experiment only/],
	['too few in train', { trainCount: 9 }, 'train', 'block', /9 good examples in train; .* fewer than 10/],
	['the provider wants more', { trainCount: 30, minimumExamples: 32 }, 'train', 'block', /fewer than 32/],
	['no validation', { validationCount: 0 }, 'validation', 'warn', /12 are the minimum for a verdict/],
	['too little validation', { validationCount: 11 }, 'validation', 'warn', /at least 10 of 11.*12 are the minimum/],
	['leaks', { leaks: 3 }, 'leaks', 'block', /^3 examples have a prompt/],
	['duplicates', { duplicates: 1 }, 'duplicates', 'warn', /^1 example repeats/],
	['contested ratings', { contested: 2 }, 'contested', 'warn', /disagree about 2 examples/],
	['an example that does not fit', { longestTokens: 8193 }, 'length', 'block', /only 8,192 fit/],
	[
		'an example that may not fit, where it is counted before the order',
		{ longestTokens: 7800 },
		'length',
		'warn',
		/counts them exactly once it has the file, before anything is ordered\. If it does not fit, nothing is\.$/
	],
	[
		'an example that may not fit, where nobody counts it',
		{ longestTokens: 7800, provider: 'nebius' },
		'length',
		'warn',
		/^By our estimate .*may be cut off/
	],
	['a refused key', { keyOk: false, keyReason: 'The key has expired.' }, 'key', 'block', /^The key has expired\.$/],
	['a key nobody tried', { keyOk: null }, 'key', 'warn', /has not been tested/],
	['no model', { model: null }, 'model', 'block', /does not offer/],
	[
		'a model that is not trained there',
		{ model: { trainable: false, servable: true } },
		'model',
		'block',
		/does not train/
	],
	[
		'a model nobody can call',
		{ model: { trainable: true, servable: false } },
		'model',
		'block',
		/not called afterwards/
	],
	[
		'a model that may not be callable',
		{ model: { trainable: true, servable: null } },
		'model',
		'warn',
		/not known yet/
	],
	[
		'a model that ends',
		{ model: { trainable: true, servable: true, until: '2027-01-31' } },
		'model',
		'warn',
		/until 2027-01-31/
	],
	[
		'a model that ends within thirty days',
		{ model: { trainable: true, servable: true, until: '2026-12-27' } },
		'model',
		'block',
		/switches it off on 27 December 2026.*Move to another model: examples, ratings and the split stay/
	],
	[
		'a model that has ended',
		{ model: { trainable: true, servable: true, until: '2026-11-01' } },
		'model',
		'block',
		/has switched it off/
	],
	[
		'a model whose result is not called there',
		{ model: { trainable: true, servable: null, note: 'It stays a checkpoint.' } },
		'model',
		'warn',
		/^It can be trained\. It stays a checkpoint\.$/
	],
	[
		'a base that answers only when deployed',
		{ model: { trainable: true, servable: true, answersAtOnce: false } },
		'model',
		'warn',
		/does not answer unless it is deployed, and nobody says at what price/
	],
	[
		'a base that answers only when deployed, at a price',
		{ model: { trainable: true, servable: true, answersAtOnce: false, deployedCentsPerHour: 399 } },
		'model',
		'warn',
		/a comparison with it deploys both, on the same hardware, at about \$3\.99 an hour each\./
	],
	[
		'a base of the sandbox that answers only when deployed',
		{ model: { trainable: true, servable: true, answersAtOnce: false, deployedCentsPerHour: 0 } },
		'model',
		'warn',
		/deploys both, on the same hardware, which costs nothing\./
	],
	['a setting that gave way', { fitted: ['A batch size of 8.'] }, 'limits', 'warn', /^A batch size of 8\.$/],
	[
		'control tokens',
		{ flawed: [{ rule: 'control', words: 'turn 2 has one', count: 1, examples: [{ id: 'e', number: 3 }] }] },
		'turns',
		'warn',
		/Example 3: turn 2 has one\. Some models refuse that; others learn to stop there/
	],
	[
		'nothing new',
		{ lastRun: { version: 3, newExamples: 0, removedExamples: 0, recipeChanged: false } },
		'difference',
		'warn',
		/as v3: expect the same model/
	]
])('%s', (_, facts, id, level, sentence) => {
	const found = finding(facts, id);
	expect(found.level).toBe(level);
	expect(found.sentence).toMatch(sentence);
	expect(found.fix).toBeDefined();
	const findings = preflight({ ...fine, ...facts });
	expect(isClear(findings)).toBe(level === 'warn');
	expect(findings.filter((one) => one.level !== 'ok')).toEqual([found]);
});

test.each<[string, Partial<PreflightFacts>, string, 'warn' | 'ok']>([
	['ten good examples are an experiment', { qualityCount: 10 }, 'quality', 'warn'],
	['twenty are enough', { qualityCount: 20 }, 'quality', 'ok'],
	['as many in train as the provider wants', { trainCount: 32, minimumExamples: 32 }, 'train', 'ok'],
	['as many in validation as a verdict takes', { validationCount: 12 }, 'validation', 'ok'],
	['an example that just fits', { longestTokens: 1000, contextTokens: 1000 }, 'length', 'warn'],
	['an example that fills 85 % of what fits', { longestTokens: 850, contextTokens: 1000 }, 'length', 'ok'],
	['an example that fills a little more', { longestTokens: 851, contextTokens: 1000 }, 'length', 'warn']
])('at the limit: %s', (_, facts, id, level) => {
	expect(finding(facts, id).level).toBe(level);
});

test('one contested example is told from several', () => {
	expect(finding({ contested: 1 }, 'contested').sentence).toMatch(/about 1 example in train\. Talk about it first\.$/);
	expect(finding({ contested: 2 }, 'contested').sentence).toMatch(/Talk about them first\.$/);
});

test('what nobody knows is not held against it', () => {
	expect(finding({ contextTokens: null, longestTokens: 1e6 }, 'length').level).toBe('ok');
	expect(finding({ lastRun: null }, 'difference')).toMatchObject({ level: 'ok', sentence: 'This is the first run.' });
	expect(
		finding({ lastRun: { version: 2, newExamples: 1, removedExamples: 4, recipeChanged: true } }, 'difference').sentence
	).toBe('Against v2: 1 example more, 4 examples fewer, other settings.');
});

describe('examples for which the file would be refused', () => {
	const taken = { rule: 'order', words: 'turn 2 is from user, but user and assistant take turns', count: 3 } as const;
	const examples = [12, 14].map((number) => ({ id: `e${number}`, number }));
	const flawed = [{ ...taken, examples }];
	test('block, and are named', () => {
		expect(finding({ flawed }, 'turns')).toEqual({
			id: 'turns',
			level: 'block',
			title: 'Turns and tools',
			sentence:
				'Example 12 (and 2 others like it): turn 2 is from user, but user and assistant take turns. The provider would refuse the file. Mend them, or leave them out of the split.',
			fix: 'examples',
			examples
		});
	});
	test('warn where the provider takes turns in any order, or nobody knows', () => {
		expect(finding({ flawed, provider: 'openai' }, 'turns').level).toBe('warn');
		expect(finding({ flawed, provider: 'openai-compatible' }, 'turns').level).toBe('warn');
		expect(finding({ flawed: [{ ...flawed[0]!, rule: 'tools' }], provider: 'openai' }, 'turns').level).toBe('block');
	});
	test('each is named once, and the sentence counts', () => {
		const two = [{ ...flawed[0]!, count: 2 }, { ...flawed[0]!, rule: 'tools' as const, count: 1 }]; // prettier-ignore
		const { sentence, examples: shown } = finding({ flawed: two }, 'turns');
		expect(sentence).toMatch(/^Example 12 \(and another one\): .*\. Example 12: /);
		expect(shown).toEqual(examples);
	});
});

test('thoughts and weights that a provider does not train with are said to be left out', () => {
	expect(finding({}, 'beside').sentence).toBe('No example has thoughts or a weight beside its answer.');
	expect(finding({ thoughtful: 2, weighted: 3 }, 'beside')).toMatchObject({
		level: 'ok',
		sentence:
			'2 examples have thoughts beside the answer: they are trained too. 3 examples have a weight of their own: it goes along.'
	});
	expect(finding({ thoughtful: 1, provider: 'openai' }, 'beside')).toMatchObject({
		level: 'warn',
		fix: 'examples',
		sentence: '1 example has thoughts beside the answer, which this provider does not train with: they are left out.'
	});
	expect(finding({ thoughtful: 1, weighted: 1, provider: 'openai-compatible' }, 'beside')).toMatchObject({
		level: 'warn',
		sentence:
			'1 example has thoughts beside the answer: they are trained too. 1 example has a weight of its own, which this provider does not train with: it is left out, and each example counts the same.'
	});
});

test('a rate that trains nothing, or too much, is said where it is what counts', () => {
	expect(finding({ recipe: { learningRate: 1e-5 } }, 'rate')).toMatchObject({ level: 'warn', fix: 'recipe' });
	expect(finding({ recipe: { learningRate: 1e-3 } }, 'rate').sentence).toMatch(/may spoil/);
	expect(finding({ recipe: { learningRate: 1e-5 }, provider: 'openai' }, 'rate').level).toBe('ok');
});

describe('with preferences', () => {
	const pairs = { ...noPairs, rewrite: 60, playground: 12 };
	const some = { method: 'dpo' as const, trainCount: 72, pairs, recipe: { learningRate: 1e-5 } };

	test('the checklist is about pairs, and says where they come from', () => {
		const findings = preflight({ ...fine, ...some });
		expect(findings.map(({ id }) => id)).toEqual([
			'method',
			'pairs',
			'held-out',
			'duplicates',
			'beside',
			'length',
			'key',
			'model',
			'rate',
			'limits',
			'difference'
		]);
		expect(isClear(findings)).toBe(true);
		expect(finding(some, 'pairs')).toMatchObject({
			level: 'ok',
			sentence: '72 pairs: 60 from rewrites and 12 from the playground.'
		});
	});

	test.each<[string, Partial<PreflightFacts>, string, 'block' | 'warn' | 'ok', RegExp]>([
		[
			'too few',
			{ trainCount: 9, pairs: { ...noPairs, import: 9 } },
			'pairs',
			'block',
			/^9 pairs: 9 from imported files\. At least 10/
		],
		['few', { trainCount: 49 }, 'pairs', 'warn', /seldom change much/],
		[
			'what measures is left out',
			{ pairs: { ...pairs, measures: 2, judged: 3 } },
			'pairs',
			'ok',
			/Left out: 2 to a prompt that is locked in validation; 3 judged/
		],
		['who trains with examples alone', { provider: 'nebius' }, 'method', 'block', /examples only/],
		['a rate for examples', { recipe: { learningRate: 2e-4 } }, 'rate', 'warn', /may spoil/],
		[
			'another method before',
			{ lastRun: { version: 2, newExamples: 0, removedExamples: 0, recipeChanged: true, methodChanged: true } },
			'difference',
			'ok',
			/v2 was trained the other way/
		]
	])('%s', (_, facts, id, level, words) => {
		expect(finding({ ...some, ...facts }, id)).toMatchObject({ level, sentence: expect.stringMatching(words) });
	});
});
