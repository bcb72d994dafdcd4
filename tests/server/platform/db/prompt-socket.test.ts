import { expect, test } from 'vitest';
import { openPool } from '../../../../src/lib/server/platform/db/pool.ts';
import { freePort } from '../../../../src/lib/server/platform/process.ts';

test('a connection of ours reaches the database, also when the first of its hosts is down', async () => {
	const url = new URL(process.env.APP_DATABASE_URL!);
	const addresses = [`127.0.0.1:${await freePort()}`, `${url.hostname}:${url.port}`];
	const pool = openPool(url.href.replace(url.host, addresses.join(',')), 1, {});
	expect(await pool.sql`select 1 as one`).toEqual([{ one: 1 }]);
	await pool.close(1);
});
