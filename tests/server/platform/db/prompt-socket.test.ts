import { expect, test } from 'vitest';
import postgres from 'postgres';
import { freePort } from '../../../../src/lib/server/platform/process.ts';
import { promptSocket } from '../../../../src/lib/server/platform/db/prompt-socket.ts';

test('a connection of ours reaches the database, also when the first of its hosts is down', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	const addresses = [`127.0.0.1:${await freePort()}`, `${url.hostname}:${url.port}`];
	const sql = postgres(url.href.replace(url.host, addresses.join(',')), { ...promptSocket(), max: 1 });
	expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
	await sql.end();
});
