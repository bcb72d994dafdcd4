import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../../src/lib/core/errors.ts';
import { type Scope, type Tx, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projects } from '../../../src/lib/server/platform/db/schema.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const newPage = async (more: Partial<Parameters<typeof scopeFor>[0]> = {}) => {
	const team = await newTeam();
	await newProject(team.scope);
	const request = { id: randomUUID(), address: '203.0.113.7', transactions: 0 };
	const who = { teamId: team.teamId, userId: team.owner.id, role: 'owner' as const, projectIds: 'all' as const };
	return { ...team, request, page: scopeFor({ ...who, request, sharesLooks: true, ...more }) };
};
const nameOf = async (tx: Tx) => (await tx.select({ name: projects.name }).from(projects))[0]?.name;
const rename = (scope: Scope, name: string) => scope.tx((tx) => tx.update(projects).set({ name }));

test('what is looked at beside each other is one transaction, of one moment, and what comes after it another', async () => {
	const { page, scope, request } = await newPage();
	let goOn = () => {};
	const held = new Promise<void>((resolve) => (goOn = resolve));
	const first = page.look(async (tx) => {
		const before = await nameOf(tx);
		await held;
		return [before, await nameOf(tx)];
	});
	const second = page.glance(nameOf);
	expect(await second).toBe('Support');
	await rename(scope, 'Other');
	goOn();
	expect(await first).toEqual(['Support', 'Support']);
	expect(request.transactions).toBe(1);
	expect(await page.look(nameOf)).toBe('Other');
	expect(request.transactions).toBe(2);
});

test('what is looked at after a deed shows it, while others still look', async () => {
	const { page } = await newPage();
	let goOn = () => {};
	const held = new Promise<void>((resolve) => (goOn = resolve));
	const first = page.look(async (tx) => (await nameOf(tx), await held, nameOf(tx)));
	await page.look(nameOf);
	await rename(page, 'Other');
	expect(await page.look(nameOf)).toBe('Other');
	goOn();
	expect(await first).toBe('Support');
});

test('a refusal is that of one alone; a statement that fails is thrown as what it is, and the connection serves on', async () => {
	const { page } = await newPage();
	const refused = page.look(async (tx) => {
		await nameOf(tx);
		throw new AppError('not_found', 'Nothing here.');
	});
	const beside = page.look(async (tx) => (await nameOf(tx), nameOf(tx)));
	await expect(refused).rejects.toMatchObject({ code: 'not_found' });
	expect(await beside).toBe('Support');

	const broken = page.look((tx) => tx.execute(sql`select 1 / (${0}::int)`));
	const along = page.look(async (tx) => (await nameOf(tx), await new Promise(setImmediate), nameOf(tx)));
	const ends = await Promise.allSettled([broken, along]);
	for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { cause: { code: '22012' } } });
	for (let times = 0; times < 10; times++) expect(await page.look(nameOf)).toBe('Support');
});

test('whoever has no rights any more is told so, each of them', async () => {
	const { page } = await newPage({ authority: { personId: randomUUID(), sessionHandle: randomUUID() } });
	const ends = await Promise.allSettled([page.look(nameOf), page.glance(nameOf)]);
	for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } });
});

test('it writes nothing', async () => {
	const { page } = await newPage();
	await expect(page.look((tx) => tx.update(projects).set({ name: 'Other' }))).rejects.toMatchObject({
		cause: { code: '25006' }
	});
});
