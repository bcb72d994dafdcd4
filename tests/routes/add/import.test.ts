import type { RequestEvent } from '@sveltejs/kit';
import { afterAll, describe, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { listExamples } from '../../../src/lib/server/examples/queries.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { POST } from '../../../src/routes/[team=slug]/[project=slug]/add/import/+server.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const encoder = new TextEncoder();
const line = (question: string, more: object = {}) =>
	JSON.stringify({ input: question, output: `The answer to ${question}`, ...more });

/** A body that arrives in pieces of `size` bytes; `breaks` ends it with an error after so many bytes. */
const arriving = (text: string, { size = 1 << 14, breaks = Infinity } = {}) => {
	const bytes = encoder.encode(text);
	let at = 0;
	return new ReadableStream<Uint8Array>({
		pull(controller) {
			if (at >= breaks) return controller.error(new Error('aborted'));
			if (at >= bytes.length) return controller.close();
			controller.enqueue(bytes.slice(at, Math.min(at + size, bytes.length, breaks)));
			at += size;
		}
	});
};

const send = async (here: ProjectScope, body: ReadableStream<Uint8Array> | null, name = 'my file.jsonl') => {
	const request = new Request('http://localhost:3000/x', {
		method: 'POST',
		body,
		headers: { 'x-file-name': encodeURIComponent(name) },
		duplex: 'half'
	} as RequestInit);
	const event = {
		request,
		url: new URL(request.url),
		params: { team: 't', project: 'support' },
		locals: { scope: here, project: here, requestId: 'r-1' },
		route: { id: 'x' }
	};
	const answer = await POST(event as unknown as RequestEvent as Parameters<typeof POST>[0]);
	return { status: answer.status, body: await answer.json() };
};

const start = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	const total = async () => (await listExamples(here)).rows.length;
	return { ...team, here, total };
};

describe('a file that is the body', () => {
	test('goes in while it arrives, wherever it is cut; bad lines come back with number, reason and text', async () => {
		const { here } = await start();
		const text = [line('Wo ist mein Päckchen? 😀'), '{"input":"no answer"}', line('Two?', { rating: 8 }), ''].join(
			'\n'
		);
		const { status, body } = await send(here, arriving(text, { size: 3 }), 'Päckchen.jsonl');
		expect(status).toBe(200);
		expect(body).toMatchObject({
			added: 2,
			duplicates: 0,
			refused: 1,
			refusals: [{ line: 2, reason: 'Line 2 has "input" but no "output"', text: '{"input":"no answer"}' }]
		});
		const { rows } = await listExamples(here, { search: 'päckchen' });
		expect(rows[0]!.input).toBe('Wo ist mein Päckchen? 😀');
	});

	test('may be a JSON array', async () => {
		const { here } = await start();
		const text = JSON.stringify([JSON.parse(line('One?')), { nothing: 1 }, JSON.parse(line('Two?'))], null, '\t');
		const { body } = await send(here, arriving(text, { size: 7 }));
		expect(body).toMatchObject({ added: 2, refused: 1 });
	});

	test('keeps the texts of what was refused only up to a size an answer can have', async () => {
		const { here } = await start();
		const text = Array.from({ length: 30 }, () => `{"input":"${'x'.repeat(100_000)}"}\n`).join('');
		const { body } = await send(here, arriving(text, { size: 1 << 16 }));
		const kept = body.refusals.map((refusal: { text: string }) => refusal.text.length);
		expect(kept.filter((length: number) => length > 100_000)).toHaveLength(19);
		expect(kept.filter((length: number) => length === 0)).toHaveLength(11);
	});

	test('that breaks off says so, and what is added by a second try is the rest', async () => {
		const { here, total } = await start();
		const text = Array.from({ length: 40 }, (_, i) => `${line(`Question ${i}?`)}\n`).join('');
		const { status, body } = await send(here, arriving(text, { size: 500, breaks: 1_000 }));
		expect([status, body.error.code]).toEqual([422, 'invalid']);
		expect(body.error.message).toContain('broke off');
		const already = await total();
		expect((await send(here, arriving(text))).body).toMatchObject({ added: 40 - already, duplicates: already });
	});

	test('of nothing is refused in a sentence', async () => {
		const { here } = await start();
		for (const body of [null, arriving(''), arriving(' \n\n')]) {
			const answer = await send(here, body);
			expect([answer.status, answer.body.error.field]).toEqual([422, 'file']);
			expect(answer.body.error.message).toMatch(/empty/);
		}
	});

	test('a name that is not percent-encoded does no harm', async () => {
		const { here } = await start();
		const request = new Request('http://localhost:3000/x', {
			method: 'POST',
			body: line('One?'),
			headers: { 'x-file-name': '%E0%A4%A' }
		});
		const event = {
			request,
			url: new URL(request.url),
			params: { project: 'support' },
			locals: { scope: here, project: here, requestId: 'r-1' },
			route: { id: 'x' }
		};
		expect((await POST(event as unknown as Parameters<typeof POST>[0])).status).toBe(200);
	});

	test('is not for raters, and finds no project of another team', async () => {
		const { here, as, total } = await start();
		const { project } = here;
		expect((await send({ ...(await as('rater')), project }, arriving(line('One?')))).status).toBe(403);
		expect((await send({ ...(await newTeam()).scope, project }, arriving(line('One?')))).status).toBe(404);
		expect(await total()).toBe(0);
	});
});
