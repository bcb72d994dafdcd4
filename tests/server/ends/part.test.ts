// The parts in which a project is removed (drizzle/functions/project-ends.sql, purge_project_part).
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { purgeProjects } from '../../../src/lib/server/platform/purge.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

const janitor = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await janitor.end({ timeout: 1 });
	await closePools();
});

const asked = (n: number) => ({ question: `Where is parcel ${n}?` });
const messages = [
	{ role: 'user' as const, content: 'Is it open?' },
	{ role: 'assistant' as const, content: 'It is.' }
];

test('while one is removed the team writes, rates and begins projects; what is interrupted goes on, and nobody repeats it', async () => {
	const { scope, teamId } = await newTeam();
	const { project: over } = await newProject(scope, { slug: 'over' });
	await newProject(scope, { slug: 'beside' });
	await addRows(
		scope,
		over.id,
		Array.from({ length: 30 }, (_, n) => asked(n))
	);
	await owner`update projects set deleted_at = now() - interval '60 days' where id = ${over.id}`;
	const left = async () =>
		(await owner`select count(*)::int as n from examples where team_id = ${teamId} and project_id = ${over.id}`)[0]!.n;
	const work = async (slug: string) => {
		const beside = await inProject(scope, 'beside');
		const { id } = await addExample(beside, {
			messages: [{ ...messages[0]!, content: `Is it open, ${slug}?` }, messages[1]!],
			rating: null
		});
		await rateExample(beside, { exampleId: id, score: 7, clientId: randomUUID() });
		await newProject(scope, { slug });
	};

	const part = await janitor.reserve();
	const remove = async () => (await part`select * from purge_project_part(10)`)[0];
	await part`begin`;
	expect(await remove()).toMatchObject({ project: over.id, removed: '10', is_gone: false });
	await work('first');
	// a second janitor leaves it to the first, and does not wait for it
	expect(await purgeProjects(10)).toBe(0);
	await part`rollback`;
	expect(await left()).toBe(30);

	expect(await remove()).toMatchObject({ removed: '10' });
	expect(await left()).toBe(20);
	part.release();
	expect(await purgeProjects(10)).toBe(1);
	expect(await left()).toBe(0);
	await work('second');
	expect(await owner`select from projects where id = ${over.id}`).toHaveLength(0);
});
