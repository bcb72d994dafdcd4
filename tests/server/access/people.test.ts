import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { personWith, renamePerson } from '../../../src/lib/server/access/people.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

test('one address is one person, also when they come twice at once', async () => {
	const email = `ana-${randomUUID()}@example.com`;
	const found = await Promise.all(Array.from({ length: 10 }, () => personWith(email)));
	expect(new Set(found.map(({ id }) => id)).size).toBe(1);
	expect(found.filter(({ isNew }) => isNew)).toHaveLength(1);
	for (const again of [email, email.toUpperCase(), ` ${email}`])
		expect(await personWith(again)).toEqual({ id: found[0]!.id, isNew: false, isBack: false });
});

test('a person is called what they like, and nobody else is', async () => {
	const [one, two] = await Promise.all([1, 2].map(() => personWith(`ana-${randomUUID()}@example.com`, 'Ana')));
	await renamePerson({ person: { id: one!.id, email: 'ana@example.com', name: 'Ana' } }, { name: 'Anna' });
	await personWith(`bob-${randomUUID()}@example.com`);
	const rows = await owner`select id, name from people where id in (${one!.id}, ${two!.id})`;
	expect(Object.fromEntries(rows.map(({ id, name }) => [id, name]))).toEqual({ [one!.id]: 'Anna', [two!.id]: 'Ana' });
});
