import { type RequestEvent, error, redirect } from '@sveltejs/kit';
import { expect, test, vi } from 'vitest';
import { answerThrown } from '../../../src/lib/server/http/thrown.ts';

const template = '<title>%sveltekit.status%</title><h1>%sveltekit.error.message%</h1>';

const thrownBy = (work: () => unknown): unknown => {
	try {
		work();
	} catch (problem) {
		return problem;
	}
};
const gone = thrownBy(() => error(404, { code: 'not_found', message: 'No <b>such</b> team.' }));
const away = thrownBy(() => redirect(303, '/login?next=%2Fa'));

const answer = (problem: unknown, headers: Record<string, string>, { method = 'GET', isDataRequest = false } = {}) =>
	answerThrown(
		{
			request: new Request('http://localhost:3000/x', { method, headers }),
			isDataRequest,
			locals: { requestId: 'r' },
			route: { id: '/x' }
		} as unknown as RequestEvent,
		problem,
		template
	);
const action = { headers: { accept: 'application/json', 'x-sveltekit-action': 'true' }, how: { method: 'POST' } };

test('a browser gets a page, on which a message is text', async () => {
	const page = answer(gone, { accept: 'text/html' });
	expect(page.status).toBe(404);
	expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
	expect(await page.text()).toBe('<title>404</title><h1>No &lt;b&gt;such&lt;/b&gt; team.</h1>');
});

test('the data of a page, a form and a script each get what they can read', async () => {
	const body = { code: 'not_found', message: 'No <b>such</b> team.' };
	expect(await answer(gone, {}, { isDataRequest: true }).json()).toEqual(body);
	expect(await answer(gone, action.headers, action.how).json()).toEqual({ type: 'error', error: body });
	expect(await answer(gone, { accept: '*/*' }).json()).toEqual({ error: { ...body, request_id: 'r' } });
});

test('a redirect leads a browser, and tells scripts where to go', async () => {
	const page = answer(away, { accept: 'text/html' });
	expect([page.status, page.headers.get('location')]).toEqual([303, '/login?next=%2Fa']);
	const location = '/login?next=%2Fa';
	expect(await answer(away, {}, { isDataRequest: true }).json()).toEqual({ type: 'redirect', location });
	expect(await answer(away, action.headers, action.how).json()).toEqual({ type: 'redirect', status: 303, location });
});

test('what nobody expected is written down under an id and says nothing else', async () => {
	const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
	const page = answer(new Error('secret'), { accept: 'application/json' });
	const { error: told } = await page.json();
	expect(page.status).toBe(500);
	expect(told).toMatchObject({ code: 'internal', request_id: expect.stringMatching(/^[0-9a-f]{8}$/) });
	expect(JSON.stringify(told)).not.toContain('secret');
	expect(written.mock.calls.join()).toContain('secret');
	written.mockRestore();
});
