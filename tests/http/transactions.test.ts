import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shownPages } from '../support/browser/pages.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: StartedApp;
let world: World;
beforeAll(async () => {
	app = await startApp({ LOG_LEVEL: 'debug' });
	world = await newWorld(app.owner, app.sandboxUrl);
});
afterAll(() => app.close());

/** How many transactions the log counts for a request; it is written when the answer has left. */
const transactionsOf = async (id: string): Promise<number> => {
	for (;;) {
		const line = app
			.said()
			.split('\n')
			.find((text) => text.includes('"event":"request"') && text.includes(id));
		if (line) return (JSON.parse(line) as { transactions?: number }).transactions ?? 0;
		await sleep(5);
	}
};

// Each costs a connection, a round trip and a moment of its own: the frame has one, and what stands in it has one.
test.for(shownPages())('$name needs at most two transactions', async ({ address, visitor }) => {
	const headers = new Headers({ accept: 'text/html' });
	if (visitor !== 'anonymous') headers.set('cookie', `session=${world.sessions[visitor]}`);
	const answer = await fetch(app.origin + address(world), { headers });
	await answer.text();
	expect(await transactionsOf(answer.headers.get('x-request-id')!)).toBeLessThanOrEqual(2);
});
