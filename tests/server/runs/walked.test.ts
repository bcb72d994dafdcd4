// However many pairs a training has, only some are held here at once.
import { type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import type { Tx } from '../../../src/lib/server/access/scope.ts';
import { walking } from '../../../src/lib/server/runs/walked.ts';

test('what is walked through is sent to the database two thousand at a time', async () => {
	const sent: number[] = [];
	const execute = async (query: SQL) => {
		const [ids] = new PgDialect().sqlToQuery(query).params;
		if (Array.isArray(ids)) sent.push(ids.length);
		return [{ known: true }];
	};
	const walk = await walking({ execute } as unknown as Tx);
	for (let n = 0; n < 5_000; n++) await walk.add({ id: String(n), source: n % 2 === 0 ? 'rewrite' : 'playground' });
	await walk.end();
	expect(sent).toEqual([2_000, 2_000, 1_000]);
});
