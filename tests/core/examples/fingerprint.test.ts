import { expect, test } from 'vitest';
import fc from 'fast-check';
import { contentText, exactText, normalise, promptText } from '../../../src/lib/core/examples/fingerprint.ts';
import type { Message } from '../../../src/lib/core/examples/example.ts';

const talk = (...turns: [Message['role'], string][]): Message[] => turns.map(([role, content]) => ({ role, content }));

test.each([
	['  Hello\t\n WORLD ', 'hello world'],
	['a\u00a0b\u2003c', 'a b c'],
	['ﬁle № Ⅳ', 'file no iv'],
	['Cafe\u0301', 'café'],
	['ＡＢＣ', 'abc'],
	['a b', 'a b'],
	['a\tb', 'a b'],
	['a\nb', 'a b'],
	['a\vb', 'a b'],
	['a\fb', 'a b'],
	['a\rb', 'a b'],
	['a   b', 'a b'],
	['a\u0008b\u000ec', 'a\u0008b\u000ec'],
	['\u0001\t\u0002', '\u0001 \u0002'],
	['é\tb', 'é b'],
	['é  b', 'é b'],
	['é b', 'é b'],
	[' é b ', 'é b'],
	['', '']
])('%j is compared as %j', (text, expected) => {
	expect(normalise(text)).toBe(expected);
});

test('a text of any length is compared in the same way', () => {
	for (const length of [1 << 16, (1 << 16) + 1]) {
		expect(normalise('A'.repeat(length))).toBe('a'.repeat(length));
		expect(normalise(`${'A'.repeat(length - 4)}\t\n b`)).toBe(`${'a'.repeat(length - 4)} b`);
		expect(normalise(`${'A'.repeat(length - 1)}Ⅳ`)).toBe(`${'a'.repeat(length - 1)}iv`);
	}
});

test('so is one that has as many characters as others take bytes', () => {
	const most = 1 << 16;
	for (let length = most - 4; length <= most + 1; length++)
		for (const [sign, folded] of [
			['½', '1⁄2'],
			['Ⅳ', 'iv'],
			['\ud835\udc00', 'a']
		] as const)
			for (const before of [0, 1, length - 6, length - sign.length]) {
				const [front, back] = ['A'.repeat(before), 'B'.repeat(length - before - sign.length)];
				expect(normalise(front + sign + back) === front.toLowerCase() + folded + back.toLowerCase()).toBe(true);
			}
});

test('normalising twice changes nothing, and leaves no line break', () => {
	fc.assert(
		fc.property(
			fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom('J\u030c', 'İ', '℡ ΑΣ')),
			(text) => {
				const once = normalise(text);
				expect(normalise(once)).toBe(once);
				expect(once).not.toMatch(/[\n\r\t]| {2}|^ | $/);
			}
		),
		{ numRuns: 2000 }
	);
});

test('case, spacing and the system prompt make no difference; words, roles and order do', () => {
	const one = talk(['system', 'Be brief.'], ['user', 'Where is my order?'], ['assistant', 'On its way.']);
	const same = talk(['user', ' where is  my ORDER?'], ['assistant', 'On its way. ']);
	expect(contentText(one)).toBe(contentText(same));
	expect(promptText(one)).toBe(promptText(same));
	expect(promptText(talk(['user', 'Where is my parcel?'], ['assistant', 'On its way.']))).not.toBe(promptText(one));
});

test('another answer is another example with the same prompt', () => {
	const a = talk(['user', 'Hi'], ['assistant', 'Hello.'], ['user', 'Open?'], ['assistant', 'Yes.']);
	const b = talk(['user', 'Hi'], ['assistant', 'Hello.'], ['user', 'Open?'], ['assistant', 'No.']);
	expect(promptText(a)).toBe(promptText(b));
	expect(contentText(a)).not.toBe(contentText(b));
	expect(contentText(a)).toBe(contentText(a, promptText(a)));
});

test('text that looks like the end of a turn cannot pass for one', () => {
	const two = talk(['user', 'a'], ['assistant', 'b'], ['user', 'c'], ['assistant', 'd']);
	const one = talk(['user', 'a\nassistant\nb\nuser\nc'], ['assistant', 'd']);
	expect(promptText(one)).not.toBe(promptText(two));
});

test('tool calls count', () => {
	const calling = (order: string): Message[] => [
		{ role: 'user', content: 'Where is it?' },
		{ role: 'assistant', content: '', tool_calls: [{ function: { name: 'track', arguments: order } }] }
	];
	expect(contentText(calling('1'))).not.toBe(contentText(calling('2')));
});

test('to the sign, the system prompt and the answer count, and its calls; what stands beside the examples does not', () => {
	const one = talk(
		['system', 'Be  brief.'],
		['user', 'Hi'],
		['assistant', 'No "x".'],
		['user', 'Hm'],
		['assistant', 'A']
	);
	expect(exactText(one)).toBe('"Be  brief."\n"A"');
	expect(exactText(one, 'Be brief.')).toBe('"Be  brief."\n"A"');
	expect(exactText(one, 'Be  brief.')).toBe('"A"');
	expect(exactText(one.slice(0, 2))).toBe('');
	expect(exactText([])).toBe('');
	const calls = [{ function: { name: 'f', arguments: '{}' } }];
	expect(exactText([{ role: 'assistant', content: '', tool_calls: calls }])).toBe(
		'""[{"function":{"name":"f","arguments":"{}"}}]'
	);
});
