import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../../src/lib/core/errors.ts';
import { type Scope, type Tx, scopeFor, together } from '../../../src/lib/server/access/scope.ts';
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

test('a refusal is that of one alone, and so is a fault of ours', async () => {
	const { page, request } = await newPage();
	for (const problem of [new AppError('not_found', 'Nothing here.'), new TypeError('Nothing there.')]) {
		const thrown = page.look(async (tx) => {
			await nameOf(tx);
			throw problem;
		});
		const beside = page.look(async (tx) => (await nameOf(tx), nameOf(tx)));
		await expect(thrown).rejects.toBe(problem);
		expect(await beside).toBe('Support');
	}
	expect(request.transactions).toBe(2);
});

test('a statement that fails is that of one alone: whoever looks beside it looks again, and the connection serves on', async () => {
	const { page } = await newPage();
	const fails = (tx: Tx) => tx.execute(sql`select 1 / (${0}::int)`);
	const frame = () => together(page, async ({ look }) => [await look(nameOf), await look(nameOf)]);
	for (const [looks, at] of [
		[() => [frame(), page.look(fails)], 1],
		[() => [page.look(fails), frame()], 0]
	] as const) {
		const ends = await Promise.allSettled(looks());
		expect(ends[at]).toMatchObject({ status: 'rejected', reason: { cause: { code: '22012' } } });
		expect(ends[1 - at]).toMatchObject({ status: 'fulfilled', value: ['Support', 'Support'] });
	}
	for (let times = 0; times < 10; times++) expect(await page.look(nameOf)).toBe('Support');
});

test('one that fails within another is thrown there, and neither waits for the other', async () => {
	const { page } = await newPage();
	const inner = () => page.look((tx) => tx.execute(sql`select 1 / (${0}::int)`));
	const outer = page.look(async (tx) => (await nameOf(tx), inner()));
	await expect(outer).rejects.toMatchObject({ cause: { code: '22012' } });
	const calm = page.look(async (tx) => (await inner().catch(() => {}), nameOf(tx)));
	expect(await calm).toBe('Support');
});

test('what took too long is told as that, and so is a connection that is lost', async () => {
	const { page } = await newPage();
	const slow = page.look(async (tx) => {
		await tx.execute(sql`set local statement_timeout = 20`);
		await tx.execute(sql`select pg_sleep(5)`);
	});
	await expect(slow).rejects.toMatchObject({ status: 503, message: expect.stringContaining('longer than it may') });
	const lost = page.look((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`));
	const along = page.look(async (tx) => (await nameOf(tx), await new Promise(setImmediate), nameOf(tx)));
	const ends = await Promise.allSettled([lost, along]);
	for (const end of ends)
		expect(end).toMatchObject({
			status: 'rejected',
			reason: { status: 503, message: expect.stringContaining('lost') }
		});
	expect(await page.look(nameOf)).toBe('Support');
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
