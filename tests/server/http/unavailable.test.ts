import type { RequestEvent, ServerLoadEvent } from '@sveltejs/kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Unavailable } from '../../../src/lib/core/errors.ts';
import { endpoint } from '../../../src/lib/server/http/endpoint.ts';
import { form } from '../../../src/lib/server/http/form.ts';
import { Nothing, page } from '../../../src/lib/server/http/page.ts';
import { answerThrown } from '../../../src/lib/server/http/thrown.ts';

const sentence = 'The database does not answer right now. Try again in a moment.';
const away = () => {
	throw new Unavailable(sentence);
};
const event = (init: RequestInit = {}) =>
	({
		request: new Request('http://localhost:3000/x', init),
		url: new URL('http://localhost:3000/x'),
		locals: { requestId: 'r' },
		route: { id: '/x' },
		params: {}
	}) as unknown as RequestEvent & ServerLoadEvent;

let said = '';
beforeEach(() => {
	said = '';
	process.env.LOG_LEVEL = 'warn';
	vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((said += String(text)), true));
});
afterEach(() => {
	vi.restoreAllMocks();
	process.env.LOG_LEVEL = 'error';
});

test('what is away for a moment is said as such everywhere: 503 and its sentence, and no bug in the log', async () => {
	const answer = await endpoint(Nothing, away)(event());
	expect(answer.status).toBe(503);
	expect(await answer.json()).toMatchObject({ error: { code: 'unavailable', message: sentence } });

	const thrown = answerThrown(event(), new Unavailable(sentence), '');
	expect(thrown.status).toBe(503);
	expect(await thrown.json()).toMatchObject({ error: { code: 'unavailable', message: sentence } });
	expect(said).toContain('"event":"unavailable"');
	expect(said).not.toContain('"event":"bug"');

	await expect(page(Nothing, away)(event())).rejects.toMatchObject({ status: 503, body: { message: sentence } });
	const body = new FormData();
	expect(await form(Nothing, away)(event({ method: 'POST', body }))).toMatchObject({
		status: 503,
		data: { problems: { form: sentence } }
	});
});
