import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Io } from '../../../src/cli/terminal/io.ts';
import { readKeys } from '../../../src/cli/terminal/keys.ts';

test('a letter that arrives in two pieces is one key', async () => {
	const stdin = new PassThrough();
	const keys = readKeys({ stdin: stdin as unknown as Io['stdin'] });
	const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
	stdin.write(first);
	stdin.write(Buffer.concat([second, Buffer.from('\r\u001b[D')]));
	expect([await keys.next(), await keys.next(), await keys.next()]).toEqual(['ü', 'enter', 'left']);
	keys.close();
});
