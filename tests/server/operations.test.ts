// Long because every claim is made of every operation: the contract says which there are, and nobody writes a line for a new one.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EventName } from '../../src/lib/contract/events.ts';
import { ids } from '../../src/lib/contract/ids.ts';
import type { Operation } from '../../src/lib/contract/operation.ts';
import { operations } from '../../src/lib/contract/operations.ts';
import { AppError } from '../../src/lib/core/errors.ts';
import { type Role, may, roles } from '../../src/lib/core/permissions.ts';
import { type ProjectScope, type Scope, inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import { stopQueue } from '../../src/lib/server/jobs/queue.ts';
import { rewriteExample } from '../../src/lib/server/ratings/commands.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { checksumOf } from '../support/checksum.ts';
import { exportedByFeatures, useCases } from '../support/use-cases.ts';
import { type World, newWorld } from '../support/world.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let here: World;
let there: World;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 20 });
	[here, there] = [await newWorld(owner, sandbox.url), await newWorld(owner, sandbox.url)];
}, 60_000);
afterAll(async () => {
	await stopQueue(1000);
	await closePools();
	await owner.end();
	await sandbox.stop();
});

/** Operations of a team: the others act for the person alone, and no role decides. */
const ofTeams = operations.filter(({ within }) => within === 'team' || within === 'project');

/** What the ids of the contract's examples are in a world. Where an operation needs another one, it stands in `instead`. */
const idsOf = (w: World) => ({
	team: w.teamId,
	project: w.projectId,
	connection: w.spareConnection,
	example: w.example,
	run: w.run,
	serving: w.serving,
	evaluation: w.voting,
	ballot: w.ballot,
	person: w.sparePerson,
	invitation: w.invitation
});
const instead: Record<string, (w: World) => Partial<Record<keyof typeof ids, string>>> = {};

/** What has to be so before an operation can do what its example says. */
const prepare: Record<string, (actor: ProjectScope, input: never) => Promise<unknown>> = {
	'ratings.undoRewrite': (actor, { exampleId, rewrite }: { exampleId: string; rewrite: string }) =>
		rewriteExample(actor, { exampleId, output: `Better ${rewrite}`, score: 9, clientId: rewrite })
};

/** The example of the contract, with the ids of this world and new ones of the client. */
const inputFor = (operation: Operation, w: World): never => {
	const { name, example } = operation;
	const known: Record<string, string> = { ...idsOf(w), ...instead[name]?.(w) };
	let text = JSON.stringify(example.input);
	for (const [key, id] of Object.entries(ids)) text = text.replaceAll(id, known[key] ?? randomUUID());
	return v.parse(operation.input, JSON.parse(text)) as never;
};

/** A scope that remembers what was recorded. */
const listening = <S extends Scope>(scope: S, heard: EventName[]): S => ({
	...scope,
	tx: (work) =>
		scope.tx(async (tx) => {
			const result = await work(tx);
			heard.push(...tx.events);
			return result;
		})
});

/** Whoever acts with this role in the world, with the project as hooks hand it over. */
const actorIn = async (w: World, role: Role | 'guest', projectIds: 'all' | string[] = 'all'): Promise<ProjectScope> => {
	const userId = role === 'guest' ? w.people.rater : w.people[role];
	const { project } = await inProject(w.scopes.owner, w.project);
	return { ...scopeFor({ teamId: w.teamId, userId, role: role as Role, projectIds }), project };
};

const call = async (operation: Operation, actor: ProjectScope, input: never) =>
	(await useCases()).get(operation.name)!(actor as never, input);

/** What the call came to: its answer, or the code of its refusal. Anything else is a bug. */
const outcome = async (
	operation: Operation,
	actor: ProjectScope,
	input: never
): Promise<{ code: string; answer: unknown }> => {
	try {
		return { code: 'ok', answer: await call(operation, actor, input) };
	} catch (problem) {
		if (!(problem instanceof AppError)) throw problem;
		return { code: problem.code, answer: null };
	}
};

describe('the table', () => {
	test('has one use case for each operation, and no use case without one', async () => {
		const exported = await exportedByFeatures();
		const named = exported.flatMap(({ value }) =>
			typeof value === 'function' && 'operation' in value ? [(value.operation as Operation).name] : []
		);
		expect(named.sort()).toEqual(operations.map(({ name }) => name).sort());
	});

	test('is the only way in: what else these files export takes a transaction, and is a step of somebody else’s', async () => {
		for (const { file, name, value } of await exportedByFeatures()) {
			if (typeof value !== 'function' || 'operation' in value) continue;
			expect(String(value), `${name} of ${file}`).toMatch(/^(async )?\(?tx\b/);
		}
	});
});

describe.each(ofTeams.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
	test('is forbidden to every role that may not, a made-up one included', async () => {
		for (const role of [...roles, 'guest'] as Role[]) {
			if (may(role, operation.action!)) continue;
			const { code } = await outcome(operation, await actorIn(here, role), inputFor(operation, here));
			expect(code, role).toBe('forbidden');
		}
	});

	test('does and shows nothing in another team, whatever ids are sent', async () => {
		const before = await checksumOf(owner, here.teamId);
		const { project } = await actorIn(here, 'owner');
		const stranger = { ...(await actorIn(there, 'owner')), project };
		const { answer } = await outcome(operation, stranger, inputFor(operation, here));
		const said = JSON.stringify(answer ?? null);
		for (const id of Object.values(idsOf(here)))
			if (!JSON.stringify(inputFor(operation, here)).includes(id)) expect(said).not.toContain(id);
		expect(said).not.toContain(here.canary);
		expect(await checksumOf(owner, here.teamId)).toEqual(before);
	});

	if (operation.within === 'project') {
		test('does and shows nothing to a member who is limited to other projects', async () => {
			const before = await checksumOf(owner, here.teamId);
			const role = roles.findLast((each) => may(each, operation.action!))!;
			const { answer } = await outcome(operation, await actorIn(here, role, [randomUUID()]), inputFor(operation, here));
			expect(JSON.stringify(answer ?? null)).not.toContain(here.canary);
			expect(await checksumOf(owner, here.teamId)).toEqual(before);
		});
	}
});

describe('what happens is written down', () => {
	test.each(ofTeams.filter(({ kind }) => kind === 'command').map((operation) => [operation.name, operation] as const))(
		'%s',
		async (_, operation) => {
			if (operation.kind !== 'command') return;
			const heard: EventName[] = [];
			const actor = await actorIn(here, 'owner');
			const input = inputFor(operation, here);
			await prepare[operation.name]?.(actor, input);
			const { code } = await outcome(operation, listening(actor, heard), input);
			expect(code).toBe('ok');
			expect(
				operation.events.length === 0 || heard.some((event) => operation.events.includes(event)),
				`heard ${heard.join(', ')}`
			).toBe(true);
			for (const event of heard) expect(operation.events).toContain(event);
		}
	);
});
