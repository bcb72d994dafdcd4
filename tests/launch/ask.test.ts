// The scripts of examples/api ask again where that helps, against a server that answers as it is told. tests/http/scripts has them
// against the app.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from '../support/app/cli.ts';

type Answer = { status: number; headers?: Record<string, string>; body?: object };
const imported = { status: 200, body: { added: 2, duplicates: 0, refused: 0, refusals: [] } };
const refusal = (message: string) => ({ error: { message } });

/** Sends two lines by import-large.ts; the server gives these answers one after the other. */
const sent = async (...answers: Answer[]) => {
	const asked: { key: unknown; body: string }[] = [];
	const server = http.createServer((request, response) => {
		let body = '';
		request.on('data', (piece: Buffer) => (body += piece.toString()));
		request.on('end', () => {
			asked.push({ key: request.headers['idempotency-key'], body });
			const { status, headers, body: answer } = answers[Math.min(asked.length, answers.length) - 1]!;
			response.writeHead(status, headers).end(JSON.stringify(answer));
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	onTestFinished(() => void server.close());
	const file = path.join(newFolder(), 'lines.jsonl');
	fs.writeFileSync(file, '{"input":"a","output":"b"}\n{"input":"c","output":"d"}\n');
	const env = {
		PATH: process.env.PATH,
		AIT_KEY: 'ait_sk_x',
		AIT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	};
	const ended = await new Promise<{ code: number; out: string; err: string }>((done) =>
		execFile(process.execPath, ['examples/api/import-large.ts', 'support', file], { env }, (problem, out, err) =>
			done({ code: problem ? Number(problem.code) : 0, out, err })
		)
	);
	return { ...ended, asked };
};

test('what is still being carried out is waited for, however often, as the same request', async () => {
	const underWay = { status: 409, headers: { 'retry-after': '0.01' }, body: refusal('Being carried out.') };
	const { code, out, err, asked } = await sent(...Array.from({ length: 7 }, () => underWay), imported);
	expect({ code, out, err }).toEqual({ code: 0, out: '2 lines: 2 new, 0 known, 0 refused\n', err: '' });
	expect(asked).toHaveLength(8);
	expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
	expect(new Set(asked.map(({ body }) => body)).size).toBe(1);
});

test('a conflict that does not pass ends it with the server’s sentence, at once', async () => {
	const { code, err, asked } = await sent({ status: 409, body: refusal('That name is taken.') });
	expect({ code, err, times: asked.length }).toEqual({ code: 1, err: '409: That name is taken.\n', times: 1 });
});

test('what passes is asked five times, then its sentence ends it', async () => {
	const busy = { status: 503, headers: { 'retry-after': '0.01' }, body: refusal('Come back later.') };
	expect(await sent(busy, imported)).toMatchObject({ code: 0 });
	const { code, err, asked } = await sent(busy);
	expect({ code, err, times: asked.length }).toEqual({ code: 1, err: '503: Come back later.\n', times: 5 });
});
