import { randomUUID } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { afterAll, expect, test } from 'vitest';
import { mcp } from '../../../src/lib/server/http/mcp/mcp.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newTeam } from '../../support/data/team.ts';

// What is sent to a server that was built stands in tests/http/mcp.test.ts.

afterAll(() => closePools());

const sent = (key: string, message: object) => {
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...message });
	const headers = {
		authorization: `Bearer ${key}`,
		'content-type': 'application/json',
		'content-length': String(body.length),
		accept: 'application/json, text/event-stream'
	};
	const request = new Request('http://localhost:3000/api/mcp', { method: 'POST', headers, body });
	const event = { request, url: new URL(request.url), route: { id: '/api/mcp' }, locals: { requestId: randomUUID() } };
	return { ...event, getClientAddress: () => '203.0.113.7' } as unknown as RequestEvent;
};

test('an agent is shown the tools of its role, and has no others', async () => {
	const { scope } = await newTeam();
	const agent = async (role: 'trainer' | 'rater') => {
		const { key } = await createKey(scope, { name: role, role, projectIds: null, days: 1 });
		const ask = async (message: object) => (await mcp(async () => true)(sent(key, message))).json();
		const { result } = await ask({ method: 'tools/list' });
		const used = await ask({ method: 'tools/call', params: { name: 'runs_start', arguments: {} } });
		return { names: result.tools.map(({ name }: { name: string }) => name) as string[], used };
	};
	const [trainer, rater] = [await agent('trainer'), await agent('rater')];
	expect(trainer.names).toEqual(expect.arrayContaining(['runs_start', 'ratings_rate']));
	expect(trainer.used).toMatchObject({ result: { isError: true } });
	expect(rater.names).toContain('ratings_rate');
	expect(rater.names).not.toContain('runs_start');
	expect(rater.used).toMatchObject({ error: { message: expect.stringContaining('not yours to use') } });
	expect(rater.names.length).toBeLessThan(trainer.names.length);
});
