import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ask } from '../../../src/cli/remote/ask.ts';
import { openLines } from '../../../src/cli/remote/sending.ts';
import { newFolder } from '../../support/app/cli.ts';

/** The lines of each part, as they leave. */
const sentOf = async (text: string, parts: readonly (readonly number[])[]) => {
	const file = path.join(newFolder(), 'examples.jsonl');
	fs.writeFileSync(file, text);
	const lines = openLines(file);
	const told: string[] = [];
	for (const wanted of parts) {
		let sent = '';
		let last = -1;
		for await (const piece of lines.with(wanted, (count) => void (last = count))) sent += Buffer.from(piece).toString();
		expect(last).toBe(wanted.length);
		told.push(sent);
	}
	lines.close();
	return told;
};

test('each part goes on where the one before it ended', async () => {
	const text = '{"a":1}\n{"b":"é"}\r\n\n[{"role":"user"}]\n{"c":1}\n{"last":1}';
	expect(await sentOf(text, [[1], [2, 4], [6]])).toEqual([
		'{"a":1}\n',
		'{"b":"é"}\r\n{"messages":[{"role":"user"}]}\n',
		'{"last":1}\n'
	]);
	expect(await sentOf(text, [[5], [6]])).toEqual(['{"c":1}\n', '{"last":1}\n']);
	expect(await sentOf(`${text}\n`, [[6]])).toEqual(['{"last":1}\n']);
	// lines over many pieces of the file, and many in one
	const long = Array.from({ length: 40 }, (_, at) => JSON.stringify({ at, text: 'x'.repeat(at * 3_000) }));
	const [first, second] = await sentOf(long.join('\n'), [[1, 2, 30], Array.from({ length: 10 }, (_, at) => at + 31)]);
	expect(first).toBe(`${long[0]}\n${long[1]}\n${long[29]}\n`);
	expect(second).toBe(`${long.slice(30).join('\n')}\n`);
});

test('a file in many parts is read once', async () => {
	const file = path.join(newFolder(), 'examples.jsonl');
	const line = `${JSON.stringify({ text: 'x'.repeat(1_000) })}\n`;
	fs.writeFileSync(file, line.repeat(2_000));
	const read = vi.spyOn(fs, 'read');
	onTestFinished(() => read.mockRestore());
	const lines = openLines(file);
	for (let at = 1; at <= 2_000; at++) for await (const _ of lines.with([at], () => {}));
	lines.close();
	// 2 MB in pieces of 256 kB
	expect(read.mock.calls.length).toBeGreaterThan(7);
	expect(read.mock.calls.length).toBeLessThan(12);
});

/** A server that answers everything so. */
const answering = async (status: number, body: string) => {
	const server = http.createServer((_, response) => response.writeHead(status).end(body));
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	onTestFinished(() => void server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test.each([
	[408, 'came too slowly', 'it goes on where it was'],
	[413, 'lets nothing of this size through (413)', 'proxy'],
	[502, 'does not answer at the moment (502)', 'in a minute'],
	[503, 'does not answer at the moment', 'in a minute'],
	[504, 'does not answer at the moment', 'in a minute'],
	[418, 'does not answer as aitelier does (418)', undefined]
])('%i without a word from the app is said in one', async (status, words, mend) => {
	const origin = await answering(status, '<h1>nginx</h1>');
	const asked = ask({ origin }, { method: 'GET', path: '/' }, { signal: new AbortController().signal });
	const problem = (await asked.catch((one: unknown) => one)) as Error & { mend?: string };
	expect(problem.message).toContain(words);
	if (mend === undefined) expect(problem.mend).toBeUndefined();
	else expect(problem.mend).toContain(mend);
});

test.each([
	['AITELIER_API_KEY', 'The key in AITELIER_API_KEY does not open', 'unset AITELIER_API_KEY'],
	['login', 'is not accepted any more', 'ait login --server']
] as const)('what opens nothing is called what it is: %s', async (by, words, mend) => {
	const body = JSON.stringify({ error: { code: 'unauthenticated', message: 'Send the header “Authorization”.' } });
	const origin = await answering(401, body);
	const asked = ask({ origin, token: 'x', by }, { method: 'GET', path: '/' }, { signal: new AbortController().signal });
	expect(await asked.catch((one: unknown) => one)).toMatchObject({
		message: expect.stringContaining(words),
		mend: expect.stringContaining(mend),
		code: 'unauthenticated'
	});
});
