import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens, promptTokens, tokensOf } from '../../../src/lib/core/text/tokens.ts';

// Counted with the tokenizers of GPT-4o, Llama 3.1, Qwen 3 and Gemma 3: the lowest and the highest of the four.
test.each([
	[
		'English',
		"I'm sorry your headphones stopped charging. Please hold the power button for 10 seconds, then try another cable. If that doesn't help, reply with your order number and I'll send a replacement today.",
		39,
		46
	],
	[
		'German',
		'Die Lieferung Ihrer Bestellung verzögert sich leider um zwei bis drei Werktage, weil unser Lager in Frankfurt derzeit überlastet ist.',
		28,
		32
	],
	[
		'code',
		'export const isSlug = (text: string) =>\n\ttext.length >= 2 && text.length <= 40 && /^[a-z0-9]+$/.test(text);\n',
		34,
		43
	],
	['Chinese', '您好,很抱歉给您带来不便。我们已经查询了您的订单,包裹目前在上海转运中心,预计明天下午送达。', 26, 40],
	[
		'Japanese',
		'お問い合わせいただきありがとうございます。ご注文の商品は現在配送中で、明日の午前中にお届けする予定です。',
		20,
		35
	],
	[
		'Korean',
		'안녕하세요, 불편을 드려 죄송합니다. 주문하신 상품은 현재 배송 중이며 내일 오전에 도착할 예정입니다.',
		28,
		39
	],
	[
		'Russian',
		'Здравствуйте! Приносим извинения за задержку. Ваш заказ находится в пути и будет доставлен завтра до полудня.',
		27,
		35
	]
])('%s', (_, text, lowest, highest) => {
	expect(estimateTokens(text)).toBeGreaterThanOrEqual(0.9 * lowest);
	expect(estimateTokens(text)).toBeLessThanOrEqual(1.1 * highest);
});

/** What ten, twenty and a hundred of a sign cost, at so much each. */
const cost = (sign: string, each: number) =>
	expect(
		[10, 20, 100].map((n) => estimateTokens(sign.repeat(n))),
		sign
	).toEqual([10, 20, 100].map((n) => Math.ceil(n * each)));

test.each<[kind: string, each: number, signs: string]>([
	['letters of English', 1 / 6.5, 'amzAMZ'],
	['accented letters, up to the marks that combine, and those of Vietnamese', 1 / 2.6, 'ªéÿʯ\u0300\u036fḀỹỿ'],
	['digits', 1 / 1.7, '0189'],
	['marks and signs', 1 / 2, '!_@[`{~\u0000\u007f©\u2000–€→\u2fff'],
	['Cyrillic', 1 / 3, 'ЀЖяԯ'],
	['Han, with its marks and wide letters', 0.7, '\u3000、。〿㆐一字鿿豈\ufaffＡ･'],
	['kana, also half as wide', 0.55, 'ぁのアヿｦﾟ'],
	['Hangul', 0.65, 'ㄱㆎ가힣'],
	['other scripts', 1 / 2.2, 'ͰαϿԱאक\u1dffἀ\u1fffㄅꀀ\uabff\uf8ffﬀ\ufdff\ufe10\ufeff\uffa0\uffff'],
	['halves of emoji, and what chooses their form', 0.6, '\ud7ff\ud800\udfff\ufe00\ufe0f']
])('%s cost %f each', (_, each, signs) => {
	for (const sign of signs.split('')) cost(sign, each);
});

test('a run costs no less than one token; of digits, Han, kana and emoji less counts too', () => {
	for (const sign of 'aé!Жα가\n') expect(estimateTokens(sign)).toBe(1);
	// added up before it is rounded
	expect(estimateTokens('1字')).toBe(Math.ceil(1 / 1.7 + 0.7));
	expect(estimateTokens('字の')).toBe(Math.ceil(0.7 + 0.55));
	expect(estimateTokens('字の字')).toBe(2);
	expect(estimateTokens('の字の1')).toBe(3);
});

test('a run of any length costs so much for each', () => {
	for (const length of [30, 31, 32, 33, 64, 500]) {
		expect(estimateTokens('a'.repeat(length))).toBe(Math.ceil(length / 6.5));
		expect(estimateTokens('ж'.repeat(length))).toBe(Math.ceil(length / 3));
		expect(estimateTokens(`!${'a'.repeat(length)}`)).toBe(Math.ceil(1 + length / 6.5));
	}
});

test('one blank belongs to the next word, several are a token, and line breaks take the blanks around them', () => {
	expect(estimateTokens(' ')).toBe(0);
	expect(estimateTokens('a b')).toBe(2);
	expect(estimateTokens('a  b')).toBe(3);
	expect(estimateTokens('a\tb')).toBe(2);
	expect(estimateTokens('!!!! !!!!')).toBe(4);
	expect(estimateTokens('a \t  b')).toBe(3);
	expect(estimateTokens('a\n\r\n\nb')).toBe(3);
	expect(estimateTokens('a\n    b')).toBe(3);
	expect(estimateTokens('a    \nb')).toBe(3);
	expect(estimateTokens('a   \n   \n   b')).toBe(3);
	expect(estimateTokens('a\n!')).toBe(3);
	expect(estimateTokens('!\n!')).toBe(3);
});

test('nothing is nothing, and every text adds up about evenly', () => {
	expect(estimateTokens('')).toBe(0);
	expect(estimateTokens('a')).toBe(1);
	expect(estimateTokens(' \n\n  ')).toBe(1);
	const text = 'The parcel left our warehouse on Tuesday. ';
	expect(estimateTokens(text.repeat(100)) / estimateTokens(text)).toBeGreaterThan(90);
	expect(estimateTokens(text.repeat(100)) / estimateTokens(text)).toBeLessThanOrEqual(100);
});

test('short forms and accents do not break a word', () => {
	expect(estimateTokens("don't")).toBe(1);
	expect(estimateTokens('don’t')).toBe(1);
	expect(estimateTokens("n'été")).toBe(Math.ceil(5 / 2.6));
	expect(estimateTokens('naïve')).toBe(Math.ceil(5 / 2.6));
	expect(estimateTokens('éclairs')).toBe(Math.ceil(7 / 2.6));
	expect(estimateTokens("é'a'é")).toBe(Math.ceil(5 / 2.6));
	// but only a word has an apostrophe of its own
	expect(estimateTokens("11'")).toBe(Math.ceil(2 / 1.7 + 1));
	expect(estimateTokens("'a")).toBe(2);
	expect(estimateTokens('aЖ')).toBe(2);
	expect(estimateTokens('a1')).toBe(Math.ceil(1 + 1 / 1.7));
	expect(estimateTokens('🎉🎉')).toBeGreaterThanOrEqual(2);
});

test('half of a character is counted like any other', () => {
	expect(estimateTokens('\ud800')).toBeGreaterThan(0);
	expect(estimateTokens('\uffff')).toBeGreaterThan(0);
});

test('a conversation costs its turns, their tool calls and the marks between', () => {
	expect(tokensOf([])).toBe(3);
	const turns = [
		{ role: 'user' as const, content: 'Where is my parcel?' },
		{ role: 'assistant' as const, content: 'On its way.' }
	];
	expect(tokensOf(turns)).toBe(3 + 4 + estimateTokens('Where is my parcel?') + 4 + estimateTokens('On its way.'));
	const call = { function: { name: 'track', arguments: '{"order":"48213377"}' } };
	const calling = [{ role: 'assistant' as const, content: '', tool_calls: [call] }];
	expect(tokensOf(calling)).toBeGreaterThan(tokensOf([{ role: 'assistant', content: '' }]) + 10);
});

test('a system prompt adds itself and its turn to each example, an empty one nothing', () => {
	expect(promptTokens('')).toBe(0);
	expect(promptTokens(' \n')).toBe(0);
	expect(promptTokens('Be brief.')).toBe(estimateTokens('Be brief.') + 4);
});

test('a text is looked through in the same way whether it is all ASCII or not', () => {
	const piece = fc.constantFrom(
		'word',
		"don't",
		"'",
		' ',
		'  ',
		'\t',
		'\n',
		'\r\n',
		' \n ',
		'7',
		'2026',
		'...',
		'!',
		'A'
	);
	fc.assert(
		fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
			const ascii = pieces.join('').repeat(40);
			// five emoji are six tokens, and join with nothing
			expect(Math.abs(estimateTokens(`😀😀😀😀😀${ascii}`) - 6 - estimateTokens(ascii))).toBeLessThanOrEqual(1);
		})
	);
	const long = "Where's my parcel? It was sent 12 days ago.\n\n".repeat(3_000); // longer than what is looked at as bytes
	expect(estimateTokens(long)).toBeCloseTo(
		3_000 * (estimateTokens("Where's my parcel? It was sent 12 days ago.\n\n".repeat(500)) / 500),
		-3
	);
});
