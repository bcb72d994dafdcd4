import { expect, test } from 'vitest';
import { estimateTokens, tokensOf } from '../../../src/lib/core/text/tokens.ts';

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
	expect(estimateTokens('naïve')).toBeLessThanOrEqual(2);
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
