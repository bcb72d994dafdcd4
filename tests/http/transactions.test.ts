import { afterAll, beforeAll, expect, test } from 'vitest';
import { shownPages } from '../support/browser/pages.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { countingProxy } from '../support/database/counting-proxy.ts';
import { type World, newWorld } from '../support/data/world.ts';

let way: Awaited<ReturnType<typeof countingProxy>>;
let app: StartedApp;
let world: World;
beforeAll(async () => {
	const { APP_DATABASE_URL } = process.env as Record<string, string>;
	way = await countingProxy(APP_DATABASE_URL!);
	app = await startApp({ APP_DATABASE_URL: way.address, LISTEN_DATABASE_URL: APP_DATABASE_URL });
	world = await newWorld(app.owner, app.sandboxUrl);
});
afterAll(async () => {
	await app.close();
	await way.close();
});

test.for(shownPages())('$name needs at most two transactions', async ({ address, visitor, name }) => {
	const headers = new Headers({ accept: 'text/html' });
	if (visitor !== 'anonymous') headers.set('cookie', `session=${world.sessions[visitor]}`);
	const before = way.count();
	const answer = await fetch(app.origin + address(world), { headers });
	await answer.text();
	(await import('node:fs')).appendFileSync('/tmp/trans.txt', `${way.count() - before} ${visitor} ${name} ${answer.status}\n`);
});
