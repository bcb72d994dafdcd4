import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Role } from '../lib/core/permissions.ts';
import { to } from '../lib/paths.ts';
import { createConnection, testConnection } from '../lib/server/connections/commands.ts';
import { listConnections } from '../lib/server/connections/queries.ts';
import { members } from '../lib/server/platform/db/schema.ts';
import { personWith } from '../lib/server/access/people.ts';
import { makeSignInLink } from '../lib/server/access/sign-in.ts';
import { createTeam, listTeams } from '../lib/server/access/memberships.ts';
import { createProject } from '../lib/server/project/commands.ts';
import { listProjects } from '../lib/server/project/queries.ts';
import { scopeFor } from '../lib/server/access/scope.ts';

export const demoSlug = 'customer-support';
/** Whoever the demo's link signs in. */
export const owner = 'ana@demo.example.com';
const others: [string, string, Role][] = [
	['theo@demo.example.com', 'Theo', 'trainer'],
	['rita@demo.example.com', 'Rita', 'rater']
];

const systemPrompt = () => {
	const [line] = readFileSync('examples/customer-support/examples.jsonl', 'utf8').split('\n', 1);
	return JSON.parse(line!).messages[0].content as string;
};

/** The demo team with its people, its sandbox connection and one project, made where they are missing. */
export const demoTeam = async () => {
	const { id: ownerId } = await personWith(owner, 'Ana');
	const ana = { person: { id: ownerId, email: owner, name: 'Ana' } };
	const team =
		(await listTeams(ana)).find(({ name }) => name === 'Moss & Ladle') ??
		(await createTeam(ana, { name: 'Moss & Ladle' }));
	const scope = scopeFor({ teamId: team.id, userId: ownerId, role: 'owner', projectIds: 'all' });
	const voters = [scope];
	for (const [email, name, role] of others) {
		const { id: personId } = await personWith(email, name);
		await scope.tx((tx) => tx.insert(members).values({ teamId: team.id, personId, role }).onConflictDoNothing());
		if (role === 'rater') voters.push(scopeFor({ teamId: team.id, userId: personId, role, projectIds: 'all' }));
	}

	const connection =
		(await listConnections(scope)).find(({ provider }) => provider === 'sandbox') ??
		(await createConnection(scope, { provider: 'sandbox', name: 'Sandbox', baseUrl: '', key: '' }));
	const check = await testConnection(scope, { connectionId: connection.id });
	if (!check.ok) throw new Error(`The sandbox does not answer: ${check.reason}`);
	if (!(await listProjects(scope)).some(({ slug }) => slug === demoSlug)) {
		await createProject(scope, {
			clientId: randomUUID(),
			name: 'Customer support',
			description: 'Answers in the voice of the shop, ready to send.',
			connectionId: connection.id,
			connection: null,
			baseModel: 'sandbox-small',
			systemPrompt: systemPrompt()
		});
	}
	return { scope, voters, team };
};

/** A link that signs the demo's owner in, once. */
export const signInUrl = async (baseUrl: string, next: string) => {
	const { token } = await makeSignInLink({ email: owner, browserToken: randomUUID(), next });
	return baseUrl + to.confirmSignIn(token);
};
