/** Files made to hurt whoever reads them, each of about `bytes`, and a plain one to compare them with. Made when they are needed. */
export const bombs = (bytes: number): Record<string, () => Iterable<Uint8Array>> => {
	const again =
		(unit: string | Uint8Array, before = '', after = '') =>
		() =>
			repeated(unit, bytes, before, after);
	const turns = '{"role":"user","content":"a"},'.repeat(80_000);
	const keys = Array.from({ length: 10_000 }, (_, i) => `"key ${i}":${i}`).join();
	const keyed = `{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"x":{${keys}}}\n`;
	const call = JSON.stringify({
		conversations: [
			{ from: 'human', value: 'a' },
			{ from: 'function_call', value: '['.repeat(2_000_000) }
		]
	});
	return {
		plain: () => plain(bytes),
		'lists in lists': again('['),
		'objects in objects': again('{"a":'),
		'objects in objects, in an array': again('{"a":', '['),
		'an array of numbers': again('1234,', '['),
		'an array of empty objects': again('{},', '['),
		'one long line': again('x'),
		'one long string in an array': again('x', '["'),
		'nothing but line ends': again('\n'),
		'nothing but line ends in an object': again('\n', '[{'),
		'lines of two characters': again('{}\n'),
		'lines that are not JSON': again('x\n'),
		'lines that are not UTF-8': again(Uint8Array.of(0xff, 0x0a)),
		'an array that is not UTF-8': again(Uint8Array.of(0xff, 0x2c), '['),
		'elements of a megabyte each': again(`{"input":"${'y'.repeat(1_000_000)}"},`, '['),
		'strings of ten megabytes, escaped': again(`{"input":"${'\\u0041'.repeat(1_700_000)}"}\n`),
		'halves of characters': again('{"input":"\\ud800","output":"\\udfff"}\n'),
		'brackets as long as a line may be': again(`${'['.repeat(2_400_000)}\n`),
		'80,000 turns': again(`{"messages":[${turns}{}]}\n`),
		'objects of 10,000 keys': again(keyed),
		'a call whose JSON is brackets': again(`${call}\n`)
	};
};

function* repeated(unit: string | Uint8Array, bytes: number, before: string, after: string): Generator<Uint8Array> {
	const one = typeof unit === 'string' ? Buffer.from(unit) : unit;
	const block = Buffer.concat(Array.from({ length: Math.max(1, Math.floor(65_536 / one.length)) }, () => one));
	yield Buffer.from(before);
	for (let sent = 0; sent < bytes; sent += block.length) yield block;
	yield Buffer.from(after);
}

function* plain(bytes: number): Generator<Uint8Array> {
	const answer = 'An answer of a usual length, as people write them. '.repeat(10);
	for (let [sent, number] = [0, 0]; sent < bytes;) {
		const lines = Array.from({ length: 100 }, () => {
			const messages = [
				{ role: 'user', content: `Question ${number++}?` },
				{ role: 'assistant', content: answer }
			];
			return `${JSON.stringify({ messages })}\n`;
		});
		const block = Buffer.from(lines.join(''));
		sent += block.length;
		yield block;
	}
}
