import { expect, test } from 'vitest';
import { readReply } from '../../../src/lib/core/evaluations/judge-reply.ts';

test('a reply is read to its 20,000th sign, its reason to the 400th', () => {
	const why = (text: string) => readReply(JSON.stringify({ better: 'first', why: text }))!.why;
	expect(why(`  ${'x'.repeat(401)}`)).toBe('x'.repeat(400));
	const json = '{"better":"tie"}';
	expect(readReply(' '.repeat(20_000) + json)?.choice).toBe('tie');
	expect(readReply('x'.repeat(20_000 - json.length) + json)?.choice).toBe('tie');
	expect(readReply('x'.repeat(20_001 - json.length) + json)).toBeNull();
});

test('what is no object is looked through, and one word is read without the signs around it', () => {
	expect(readReply('null')).toBeNull();
	expect(readReply('5')).toBeNull();
	expect(readReply('"first"')?.choice).toBe('first');
	expect(readReply('**Second.**')?.choice).toBe('second');
	expect(readReply('fi*rst')).toBeNull();
	expect(readReply('fir.st')).toBeNull();
});
