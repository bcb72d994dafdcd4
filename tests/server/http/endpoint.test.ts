import { expect, test, vi } from 'vitest';
import { ExportExamples, ListExamples } from '../../../src/lib/contract/examples.ts';
import { endpoint } from '../../../src/lib/server/http/endpoint.ts';

const asked = (method: string) =>
	({
		request: new Request('http://localhost:3000/', { method }),
		url: new URL('http://localhost:3000/'),
		params: {},
		locals: { requestId: 'r' },
		route: { id: '/' }
	}) as never;

test('who only wants to hear of a file does not take it: nothing is done, and nothing written down', async () => {
	const work = vi.fn(() => ({}));
	const answer = await endpoint(ExportExamples, work)(asked('HEAD'));
	expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
	expect(work).not.toHaveBeenCalled();
	expect((await endpoint(ListExamples, work)(asked('HEAD'))).status).toBe(200);
	expect((await endpoint(ExportExamples, work)(asked('GET'))).status).toBe(200);
});
