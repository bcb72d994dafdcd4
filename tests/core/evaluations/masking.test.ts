import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hiddenName, masked, namesAModel } from '../../../src/lib/core/evaluations/masking.ts';
import { type Names, namingWords } from '../../../src/lib/core/evaluations/naming-words.ts';

const of = (more: Partial<Names> = {}): Names => ({ models: [], own: [], project: 'Support', ...more });
const nobody = of();
const names = of({ models: ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'ana/zebra-7'] });

test('a text that names nobody stays as it is', () => {
	expect(masked('Thanks for writing! We ship today.', names)).toBe('Thanks for writing! We ship today.');
	expect(masked('', names)).toBe('');
});

test('every name is hidden, in any case, with the number behind it', () => {
	expect(masked('I am Llama3, not CHATGPT; zebra-7 told me. Llama!', names)).toBe(
		`I am ${hiddenName}, not ${hiddenName}; ${hiddenName} told me. ${hiddenName}!`
	);
	for (const said of ['GPT-4o', 'gpt 4.1', 'Llama 3.1', 'Claude 3.5', 'Qwen2.5', 'zebra 7', 'Llama-3B'])
		expect(masked(`I am ${said}, hello.`, names), said).toBe(`I am ${hiddenName}, hello.`);
});

test.each([
	'Phi',
	'Phi-4',
	'GLM',
	'GLM-4.5',
	'GPT-OSS',
	'gpt oss 20b',
	'Grok',
	'Grok-2',
	'Yi-34B',
	'Yi 1.5',
	'Granite-3',
	'Kimi K2'
])('the short and the new are names too: %s', (said) => {
	expect(masked(`I am ${said}, hello.`, nobody)).toBe(`I am ${hiddenName}, hello.`);
});

test.each([
	'GPT-4o mini',
	'gpt-3.5-turbo',
	'GPT‑4o',
	'Llama-3.1-8B',
	'Llama 3.1 8B Instruct',
	'Meta-Llama-3.1-8B-Instruct',
	'Qwen2.5-72B-Instruct',
	'qwen2.5:7b',
	'mistral-large-latest',
	'Google DeepMind',
	'Mistral AI',
	'Mixtral 8x7B',
	'DeepSeek-R1',
	'Deep Seek V3',
	'Claude 3.5 Sonnet',
	'Claude Opus 4.1',
	'claude-sonnet-4-20250514',
	'Gemini 2.5 Flash',
	'Phi-3.5-mini',
	'MiniMax-M1',
	'Moonshot AI',
	'Command R+',
	'o4-mini',
	'xAI',
	'OpenAIs'
])('what tells the models of a family and their makers apart goes with the name: %s', (said) => {
	expect(masked(`I am ${said}, hello.`, nobody)).toBe(`I am ${hiddenName}, hello.`);
});

test.each([
	['我是Claude，由Anthropic开发', '我是*，由*开发'],
	['我是通义千问。', '我是*。'],
	['私はClaudeです', '私は*です'],
	['저는 ChatGPT입니다', '저는 *입니다'],
	['ฉันคือGPT-4ครับ', 'ฉันคือ*ครับ'],
	['أنا وClaude هنا', 'أنا و* هنا'],
	['אני ChatGPT, נוצרתי על ידי OpenAI', 'אני *, נוצרתי על ידי *'],
	['“Claude’s” answer, non-Claude, `gpt-4.1`', '“*’s” answer, non-*, `*`']
])('in every script, whatever stands beside it: %s', (text, shown) => {
	expect(masked(text, nobody)).toBe(shown.replaceAll('*', hiddenName));
});

test('who made a model is hidden where that is said, and nowhere else', () => {
	expect(masked('I am a large language model, trained by Google.', nobody)).toBe(
		`I am a large language model, trained by ${hiddenName}.`
	);
	expect(masked('As an AI developed by Meta AI, I cannot.', nobody)).toBe(
		`As an AI developed by ${hiddenName}, I cannot.`
	);
	for (const text of [
		'Sign in by Google. Meta tags help.',
		'The phone is made by Apple.',
		'An AI. Ask Google by hand.'
	])
		expect(masked(text, nobody)).toBe(text);
	expect(masked('An AI made by Google', of({ project: 'Google ads' }))).toBe('An AI made by Google');
});

test.each(['v2', 'AI', 'support', 'X', '🦙', 'Ask AI (v2)', 'مشروع الدعم', 'c++ [beta] .*', 'o', '?', '\\', 'a|b', ''])(
	'a project called %j and a model called so hide no ordinary word',
	(name) => {
		const named = of({
			project: name,
			models: ['sandbox-small', `me/${name}`],
			own: [`${name}-358ebb5a615ae6b7`, name]
		});
		for (const text of [
			'Use version v2 of the form, please.',
			'X marks the spot: x = 3, a+b .* [beta] | a|b?',
			'The o3 layer, the R1 road, K2, and 3.5 cm of granite',
			'Solar 10.5 kWp, opus 4 by Beethoven, a haiku, sonnet 18, turbo 3, flash sale',
			'The minimax algorithm with a large base',
			'AI is here, and support is open; a fast pro plan.',
			'\\ c++ مشروع'
		])
			expect(masked(text, name === 'support' ? of({ project: name }) : named)).toBe(text);
	}
);

test.each([
	'Ｃｌａｕｄｅ',
	'Cl\u00adaude',
	'C\u200bl\u200ba\u200bude',
	'C l a u d e',
	'G-P-T',
	'Chat GPT',
	'chat-gpt',
	'Open\u00a0AI',
	'GPT\u2011OSS',
	'deep seek',
	'ＧＰＴ－４',
	'OPENAİ',
	'DeepSee\u212a'
])('however it is written: %s', (said) => {
	const shown = masked(`I am ${said}, hello.`, nobody);
	expect(shown).toBe(`I am ${hiddenName}, hello.`);
});

test('words that only contain a name are left alone', () => {
	for (const text of [
		'The llamas of Claudette',
		'Sherllama',
		'R2gemma',
		'delphi',
		'philosophy',
		'grokking',
		'a yi of 3',
		'3 cm of granite 10 cm wide'
	])
		expect(masked(text, nobody)).toBe(text);
	expect(masked('Claude wears what Claudette wears', nobody)).toBe(`${hiddenName} wears what Claudette wears`);
});

test.each([
	['Ana/Zebra-7', ['ana/zebra-7', 'zebra-7', 'zebra']],
	['models/ana/zebra-7', ['models/ana/zebra-7', 'zebra-7', 'zebra']],
	['mistralai/Mistral-7B', ['mistralai/mistral-7b', 'mistral-7b', 'mistralai', 'mistral']],
	['microsoft/phi-4', ['microsoft/phi-4', 'phi-4']],
	['sandbox-small', ['sandbox-small']],
	['x/o3', ['x/o3', 'o3']],
	['x/v2', ['x/v2']],
	['', []]
])('the base model %j is known by %j, and by what everybody knows', (name, words) => {
	const everybody = namingWords(nobody);
	expect(everybody).toContain('claude');
	expect(namingWords(of({ models: [name] }))).toEqual([...new Set([...words, ...everybody])]);
});

test('of a run’s own name only the whole is a name', () => {
	const own = [
		'order-desk-358ebb5a615ae6b7',
		'acme/Qwen3-8B-order-desk:ft-41',
		'ft:gpt-4.1-mini:acme:order-desk:7pLurel'
	];
	const answer = 'Your order is at the desk. Acme thanks you for ordering.';
	expect(masked(answer, of({ own, project: 'Shop' }))).toBe(answer);
	for (const name of [...own, '7pLurel', 'order-desk-358ebb5a615ae6b7'])
		expect(masked(`I am ${name}.`, of({ own }))).toBe(`I am ${hiddenName}.`);
});

test('a word of the project’s name is never hidden', () => {
	const models = ['acme/order-taker-7b', 'zebra/zebra-7'];
	const project = 'Order desk for the Zebra shop';
	const answer = 'Every order from the desk comes with a zebra.';
	expect(masked(answer, of({ models, project }))).toBe(answer);
	expect(masked(answer, of({ models, project: 'Shop' }))).not.toBe(answer);
	expect(masked('Gemini in June', of({ project: 'Gemini stars' }))).toBe('Gemini in June');
	expect(masked('I am acme/order-taker-7b', of({ models, project }))).toBe(`I am ${hiddenName}`);
});

test('ids with signs that mean something to a pattern are only text', () => {
	expect(masked('as a+b(c)-model said', of({ models: ['x/a+b(c)-model'] }))).toBe(`as ${hiddenName} said`);
});

const catalogue = [
	'meta-llama/Llama-3.3-70B-Instruct',
	'Qwen/Qwen3-8B',
	'google/gemma-3-27b-it',
	'openai/gpt-oss-20b',
	'zai-org/GLM-4.5-Air',
	'microsoft/phi-4',
	'01-ai/Yi-34B',
	'apple/OpenELM-3B',
	'ibm-granite/granite-3.3-8b',
	'mistralai/Mixtral-8x7B-Instruct-v0.1',
	'gpt-4.1-mini-2025-04-14',
	'sandbox-small'
];
const answersOf = (sample: string) =>
	readFileSync(`examples/${sample}/examples.jsonl`, 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as { messages: { role: string; content: string }[]; rewrite?: string })
		.flatMap(({ messages, rewrite }) => [...messages.map(({ content }) => content), ...(rewrite ? [rewrite] : [])]);

test.each(['customer-support', 'code-review', 'domain-questions'])(
	'no word of the data set %s is hidden, whoever is compared and whatever the project is called',
	(sample) => {
		const answers = answersOf(sample);
		const slugs = ['order-desk', 'customer-support', 'returns-and-repairs', 'kitchen-tools', 'review-bot'];
		const own = slugs.flatMap((slug) => [
			`${slug}-358ebb5a615ae6b7`,
			`acme/Qwen3-8B-${slug}-358ebb5a615ae6b7:ft-41`,
			`ft:gpt-4.1-mini:moss:${slug}:7pLurel`,
			`${slug}-v2`
		]);
		// what is hidden with one of them compared is hidden with all of them: they are all looked for
		for (const project of slugs) {
			const compared = of({ models: catalogue, own, project: project.replaceAll('-', ' ') });
			for (const answer of answers) expect(masked(answer, compared)).toBe(answer);
		}
	}
);

test('what is masked names nobody, and what is left stands as it was', () => {
	const said = fc.constantFrom(
		'Claude',
		'ＧＰＴ-4o',
		'GPT',
		'Llama 3',
		'İClaude',
		'claude\u0301',
		'𝐀claude',
		'G P T',
		'zebra',
		'ſ',
		'\u00ad',
		' ',
		'-',
		'3',
		'x',
		'.',
		'phi'
	);
	fc.assert(
		fc.property(fc.array(fc.oneof(said, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 8 }), (parts) => {
			const text = parts.join('');
			const shown = masked(text, names);
			expect(namesAModel(shown.replaceAll(hiddenName, '|'), names)).toBeNull();
			let from = 0;
			for (const kept of shown.split(hiddenName)) {
				const place = text.indexOf(kept, from);
				expect(place).toBeGreaterThanOrEqual(from);
				from = place + kept.length;
			}
			if (namesAModel(text, names) === null) expect(shown).toBe(text);
		}),
		{ numRuns: 2_000 }
	);
});

const contenders = of({
	models: ['meta-llama/Llama-3.3-70B-Instruct', 'sandbox-fast'],
	own: ['ft:gpt-4.1-mini:acme:support:7pLurel']
});

test.each([
	['I am Llama 3, a model by Meta.', 'llama 3'],
	['As ChatGPT, I cannot do that.', 'chatgpt'],
	['I was made by OpenAI.', 'openai'],
	['This is sandbox-fast speaking.', 'sandbox-fast'],
	['I am Qwen2.5.', 'qwen2.5'],
	['My name is CLAUDE!', 'claude'],
	['Claude', 'claude']
])('%s gives a model away', (text, name) => {
	expect(namesAModel(text, contenders)).toBe(name);
});

test.each([
	'Your order is on its way.',
	'The Gemmas and the claudette dress',
	'A fast sandbox for children',
	'We love it',
	''
])('“%s” does not', (text) => {
	expect(namesAModel(text, contenders)).toBeNull();
});

test('each evaluation hides the names of its own, however many are voted on at a time', () => {
	const called = (number: number) =>
		`zebr${String.fromCharCode(...[...`${number}`].map((digit) => 97 + Number(digit)))}`;
	const one = (number: number): Names => ({ models: [`ana/${called(number)}`], own: [], project: 'Support' });
	for (const round of [1, 2]) {
		for (const number of [100, 101, 102]) {
			const [its, others] = [called(number), called(number + 1)];
			expect(masked(`${round} ${its} and ${others}`, one(number))).toBe(`${round} ${hiddenName} and ${others}`);
		}
		for (let number = 200; number < 350; number++) expect(masked('We ship', one(number))).toBe('We ship');
	}
	expect(masked('zebrb', { ...one(1), own: ['answer-77'] })).toBe(hiddenName);
	expect(masked('answer-77', one(1))).toBe('answer-77');
	expect(masked('answer-77', { ...one(1), own: ['answer-77'] })).toBe(hiddenName);
	expect(masked('We at Zebrb', { ...one(1), project: 'Zebrb' })).toBe('We at Zebrb');
});

test.each(['', 'Ｗｅ ｓｈｉｐ', 'Crème brûlée – 3 € “each”…', 'a\u0000b', 'Zoë \u00ad\u200b ok'])(
	'“%s” stays as it is',
	(text) => {
		expect(masked(text, contenders)).toBe(text);
	}
);

test.each(['----', '- - -'])('a name of nothing but gaps, as “%s”, is found in nothing', (own) => {
	const named = of({ models: [], own: [own] });
	for (const text of ['We ship – on Monday', 'Möbel', own]) {
		expect(masked(text, named)).toBe(text);
		expect(namesAModel(text, named)).toBeNull();
	}
});

test.each(['????', '🦊🦊🦊', '・・・・'])('a name without letters, as %s, is hidden', (own) => {
	expect(masked(`I am ${own}!`, of({ models: [], own: [own] }))).toBe(`I am ${hiddenName}!`);
});
