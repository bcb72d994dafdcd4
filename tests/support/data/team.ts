import { randomUUID } from 'node:crypto';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { connections, members, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { type Scope, scopeFor } from '../../../src/lib/server/access/scope.ts';

/** A person who has signed up, with an address nobody else has. */
export const newPerson = async (name = 'Ana') => {
	const email = `${name.toLowerCase()}-${randomUUID().slice(0, 8)}@example.com`;
	const [row] = await plainPool()`select id from person_with(${email}, ${name})`;
	return { id: row!.id as string, email, name };
};

/** A team of its own for one test: its owner, and a way to act as somebody else in it. */
export const newTeam = async () => {
	const owner = await newPerson();
	const slug = `t-${randomUUID().slice(0, 8)}`;
	const [row] = await plainPool()`select create_team(${owner.id}, ${'Team ' + slug}, ${slug}) as id`;
	const teamId = row!.id as string;
	const scope = scopeFor({ teamId, userId: owner.id, role: 'owner', projectIds: 'all' });

	/** Another member's scope; limited to some projects when they are given. */
	const as = async (role: Role, projectIds: 'all' | string[] = 'all'): Promise<Scope & { userId: string }> => {
		const person = await newPerson(role === 'rater' ? 'Rita' : 'Theo');
		await scope.tx((tx) =>
			tx
				.insert(members)
				.values({ teamId, personId: person.id, role, projectIds: projectIds === 'all' ? null : projectIds })
		);
		return { ...scopeFor({ teamId, userId: person.id, role, projectIds }), userId: person.id };
	};
	return { teamId, slug, owner, scope, as };
};

/** A project on a sandbox connection. `sandboxUrl` when the test really calls it. */
export const newProject = async (
	scope: Scope,
	{
		slug = 'support',
		baseModel = 'sandbox-small',
		sandboxUrl
	}: { slug?: string; baseModel?: string; sandboxUrl?: string } = {}
) =>
	scope.tx(async (tx) => {
		const [connection] = await tx
			.insert(connections)
			.values({ provider: 'sandbox', name: 'Sandbox', baseUrl: sandboxUrl ?? null, status: 'ok', training: 'open' })
			.returning();
		const [project] = await tx
			.insert(projects)
			.values({
				slug,
				name: 'Support',
				baseModel,
				connectionId: connection!.id,
				recipe: defaultRecipe,
				systemPrompt: 'Be kind.'
			})
			.returning();
		return { project: project!, connection: connection! };
	});
