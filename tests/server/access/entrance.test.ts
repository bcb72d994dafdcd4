import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { type Entrance, enterBy, returnBy } from '../../../src/lib/server/access/entrance.ts';
import { byKey } from '../../../src/lib/server/access/keys.ts';
import type { ProjectScope } from '../../../src/lib/server/access/scope.ts';
import { byToken } from '../../../src/lib/server/access/tokens.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { getExample } from '../../../src/lib/server/examples/queries.ts';
import { createKey, revokeKey } from '../../../src/lib/server/keys/commands.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projects } from '../../../src/lib/server/platform/db/schema.ts';
import { changeRole, removeMember } from '../../../src/lib/server/team/commands.ts';
import { newToken } from '../../support/browser/device.ts';
import { addExamples, newBallot } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

/** Fills so slowly that nothing comes back during a test. */
const roomy = { most: 1000, perSeconds: 360_000 };

/** A team with an example, and a way to come in as a script does, by a key or a token. */
const newShop = async (entrance: Entrance) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const [exampleId] = await addExamples(team.scope, project.id, ['Do you ship to Norway?'], { split: null });
	const { userId } = await team.as('trainer');
	const input = { name: 'Script', role: 'trainer' as const, projectIds: null, days: 90 };
	const key = entrance === byKey ? await createKey(team.scope, input) : null;
	const secret = key?.key ?? (await newToken(userId, team.teamId)).token;
	const request = () => ({ id: randomUUID(), address: '203.0.113.7', transactions: 0 });
	return {
		...team,
		project,
		keyId: key?.id ?? '',
		secret,
		personId: userId,
		enter: (limit = roomy, slug = project.slug) => enterBy(entrance)(secret, slug, request(), limit),
		comeBack: (limit = roomy, slug = project.slug) => returnBy(entrance)(secret, slug, request(), limit),
		look: ({ holder }: { holder: { scope: object; project: object | null } }) =>
			getExample({ ...holder.scope, project: holder.project } as ProjectScope, { exampleId: exampleId! })
	};
};

describe.each([
	['a key', byKey],
	['a personal token', byToken]
] as const)('%s that comes back', (_, entrance) => {
	test('is remembered once it was let in, for the address it came to', async () => {
		const { enter, comeBack } = await newShop(entrance);
		expect(comeBack()).toBeNull();
		await enter();
		expect(comeBack()).not.toBeNull();
		expect(comeBack(roomy, 'another')).toBeNull();
	});

	test('looks in the transaction that asks about it, and has one request less', async () => {
		const { enter, comeBack, look } = await newShop(entrance);
		const first = (await enter())!;
		const back = comeBack()!;
		expect(await look(back)).toMatchObject({ number: 1 });
		expect(await back.confirm()).toEqual({ requests: { ...first.requests, remaining: first.requests.remaining - 1 } });
		expect(back.holder.scope.request!.transactions).toBe(1);
	});

	test('is asked about when its work asked nothing, or was undone, and pays the same', async () => {
		const { enter, comeBack } = await newShop(entrance);
		const { remaining } = (await enter())!.requests;
		expect(await comeBack()!.confirm()).toMatchObject({ requests: { remaining: remaining - 1 } });
		const back = comeBack()!;
		const undone = back.holder.scope.look(async (tx) => {
			await tx.select().from(projects);
			throw new Error('Not found');
		});
		await expect(undone).rejects.toThrow('Not found');
		expect(await back.confirm()).toMatchObject({ requests: { remaining: remaining - 2 } });
	});

	test('has its use written at most once a minute, and waits for no disk because of it', async () => {
		const { enter, secret, project } = await newShop(entrance);
		await enter();
		const asked = { hash: sha256(secret), projectSlug: project.slug, address: '203.0.113.7' };
		/** Whether the commit of a look that comes in with it waits until all is on the disk. */
		const waits = () =>
			owner.begin(async (sql) => {
				await sql`set local synchronous_commit = on`;
				await entrance.act(sql, asked);
				const [row] = await sql`show synchronous_commit`;
				return row!.synchronous_commit === 'on';
			});
		expect(await waits()).toBe(true);
		await owner`update ${owner(entrance === byKey ? 'api_keys' : 'personal_tokens')} set last_used_at = now() - interval '2 minutes'`;
		expect(await waits()).toBe(false);
		expect(await waits()).toBe(true);
	});

	test('opens its second look as every other request does', async () => {
		const { enter, comeBack, look } = await newShop(entrance);
		await enter();
		const back = comeBack()!;
		await look(back);
		expect(await look(back)).toMatchObject({ number: 1 });
		expect(await back.confirm()).toHaveProperty('requests');
	});

	test('sees nothing with a project that is not its to see by now, and is somebody else', async () => {
		const { enter, comeBack, look, project } = await newShop(entrance);
		await enter();
		await owner`update projects set slug = 'elsewhere' where id = ${project.id}`;
		const back = comeBack()!;
		await look(back);
		expect(await back.confirm()).toMatchObject({ instead: { project: null } });
	});

	test('with an empty bucket is refused, and asked before it looks the next time', async () => {
		const { enter, comeBack, look } = await newShop(entrance);
		const two = { most: 2, perSeconds: 3600 };
		await enter(two);
		expect(await look(comeBack(two)!)).toMatchObject({ number: 1 });
		const back = comeBack(two)!;
		await look(back);
		expect(await back.confirm()).toMatchObject({ requests: { refused: true, remaining: 0 } });
		expect(comeBack(two)).toBeNull();
		expect(await enter(two)).toMatchObject({ requests: { refused: true } });
		expect(comeBack(two)).toBeNull();
	});

	test('many at once are each counted', async () => {
		const { enter, comeBack, look } = await newShop(entrance);
		const { remaining } = (await enter())!.requests;
		const left = await Promise.all(
			Array.from({ length: 20 }, async () => {
				const back = comeBack()!;
				await look(back);
				const confirmed = await back.confirm();
				return 'requests' in confirmed ? confirmed.requests.remaining : null;
			})
		);
		expect(Math.min(...left.map(Number))).toBe(remaining - 20);
		expect(new Set(left).size).toBe(20);
	});
});

test('whoever looks while an import goes on is not asked to look again', async () => {
	const { project, enter, comeBack, look } = await newShop(byKey);
	await enter();
	const change = (set: string) => owner.unsafe(`update projects set ${set} where id = '${project.id}'`);
	for (const moved of ['next_example = next_example + 500', 'next_run = 7', 'next_evaluation = 9']) {
		await change(moved);
		const back = comeBack()!;
		await look(back);
		expect(await back.confirm(), moved).toHaveProperty('requests');
	}
	await change(`name = 'Help'`);
	expect(await comeBack()!.confirm()).toMatchObject({ instead: { project: { name: 'Help' } } });
});

test('a key of one project comes back as what it is, and sees no other', async () => {
	const { scope, project } = await newShop(byKey);
	const { project: other } = await newProject(scope, { slug: 'other' });
	const { key } = await createKey(scope, { name: 'One', role: 'rater', projectIds: [project.id], days: 90 });
	const request = { id: randomUUID(), address: '203.0.113.7', transactions: 0 };
	for (const slug of ['support', 'other']) {
		const first = await enterBy(byKey)(key, slug, request, roomy);
		const back = returnBy(byKey)(key, slug, request, roomy)!;
		const seen = await back.holder.scope.look((tx) => tx.select({ id: projects.id }).from(projects));
		expect(seen, `${slug}, beside ${other.id}`).toEqual([{ id: project.id }]);
		expect(await back.confirm()).toHaveProperty('requests');
		expect(back.holder.project?.id).toBe(slug === 'support' ? project.id : undefined);
		expect(back.holder.project).toEqual(first!.project);
	}
});

test('a key that was ended meanwhile sees nothing, and is nobody', async () => {
	const { scope, keyId, enter, comeBack, look } = await newShop(byKey);
	await enter();
	await revokeKey(scope, { keyId });
	const back = comeBack()!;
	await expect(look(back)).rejects.toMatchObject({ code: 'not_found' });
	expect(await back.confirm()).toEqual({ instead: null });
	expect(comeBack()).toBeNull();
});

test('a token has the role that its person has by now, and none once they are out', async () => {
	const { scope, personId, enter, comeBack, look } = await newShop(byToken);
	await enter();
	await changeRole(scope, { personId, role: 'rater', projectIds: null });
	const back = comeBack()!;
	await look(back);
	expect(await back.confirm()).toMatchObject({ instead: { scope: { role: 'rater' } } });
	const now = comeBack()!;
	expect(now.holder.scope.role).toBe('rater');
	await removeMember(scope, { personId });
	// with the rights of the moment nothing is there; what is answered, the question about them says
	await expect(look(now)).rejects.toMatchObject({ code: 'not_found' });
	expect(await now.confirm()).toEqual({ instead: null });
});

test('whoever came back as somebody else reads with the rights they have now', async () => {
	const { scope, personId, project, enter, comeBack } = await newShop(byToken);
	const { project: other } = await newProject(scope, { slug: 'other' });
	await enter();
	await changeRole(scope, { personId, role: 'trainer', projectIds: [other.id] });
	const seen = await comeBack()!.holder.scope.look((tx) => tx.select({ id: projects.id }).from(projects));
	expect(seen).toEqual([{ id: other.id }]);
	expect(seen).not.toContainEqual({ id: project.id });
});

test('what a look writes on its way is counted with it, and nothing is written for a key that has ended', async () => {
	const contest = await newBallot(6);
	const { key, id: keyId } = await createKey(contest.scope, {
		name: 'Votes',
		role: 'rater',
		projectIds: null,
		days: 90
	});
	const request = { id: randomUUID(), address: '203.0.113.7', transactions: 0 };
	const { remaining } = (await enterBy(byKey)(key, contest.slug, request, roomy))!.requests;
	const comeBack = () => returnBy(byKey)(key, contest.slug, { ...request, transactions: 0 }, roomy)!;
	const look = ({ holder }: ReturnType<typeof comeBack>) =>
		nextPairs({ ...holder.scope, project: holder.project! }, { evaluationId: contest.id, after: -1 });
	const dealt = async () =>
		(await owner`select count(*)::int as n from ballots where person_id = ${keyId}`)[0]!.n as number;

	const first = comeBack();
	expect((await look(first)).pairs).toHaveLength(5);
	expect(first.holder.scope.request!.transactions).toBe(1);
	expect(await first.confirm()).toMatchObject({ requests: { remaining: remaining - 1, refused: false } });
	const before = await dealt();
	expect(before).toBeGreaterThan(0);

	await owner`delete from ballots where person_id = ${keyId}`;
	const late = comeBack();
	await revokeKey(contest.scope, { keyId });
	await expect(look(late)).rejects.toMatchObject({ code: 'forbidden' });
	expect(await late.confirm()).toEqual({ instead: null });
	expect(await dealt()).toBe(0);
});
