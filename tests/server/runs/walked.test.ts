// However many pairs a training has, of each only eight bytes are held.
import { randomUUID } from 'node:crypto';
import { type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import type { Tx } from '../../../src/lib/server/access/scope.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { walking } from '../../../src/lib/server/runs/walked.ts';

test('what is walked through is looked up two thousand at a time, and what says the same is counted', async () => {
	const sent: number[] = [];
	const execute = async (query: SQL) => {
		const [ids] = new PgDialect().sqlToQuery(query).params as [unknown[]];
		sent.push(ids.length);
		return [{ count: 3 }];
	};
	const walk = walking({ execute } as unknown as Tx, randomUUID());
	for (let n = 0; n < 5_000; n++) await walk.add({ id: String(n) }, sha256(String(n % 4_321)));
	expect(await walk.end()).toEqual({ alike: 679, learnt: 9 });
	expect(sent).toEqual([2_000, 2_000, 1_000]);
});

test('before the first run nothing is looked up, and nothing is like itself', async () => {
	const walk = walking({} as Tx, null);
	expect(await walk.end()).toEqual({ alike: 0, learnt: 0 });
	const more = walking({} as Tx, null);
	for (let n = 0; n < 3_000; n++) await more.add({ id: String(n) }, sha256(String(n)));
	expect(await more.end()).toEqual({ alike: 0, learnt: 0 });
});
