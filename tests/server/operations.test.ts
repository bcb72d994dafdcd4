// Long because every claim is made of every operation: the contract says which there are, and nobody writes a line for a new one.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventName } from '../../src/lib/contract/events.ts';
import { type Operation, changes } from '../../src/lib/contract/operation.ts';
import { operations } from '../../src/lib/contract/operations.ts';
import { type Role, may, roles } from '../../src/lib/core/permissions.ts';
import { type ProjectScope, type Scope, inProject } from '../../src/lib/server/access/scope.ts';
import { configureProviders } from '../../src/lib/server/providers/configure.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { checksumOf, checksumOfProject } from '../support/database/checksum.ts';
import { type Scene, actorIn, idsOf, inputFor, outcome, scenes } from '../support/data/scenes.ts';
import { moreScenes, onlyScenes } from '../support/data/more-scenes.ts';
import { ownScenes } from '../support/data/own-scenes.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { exportedByFeatures } from '../support/data/use-cases.ts';
import { type World, newWorld } from '../support/data/world.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let here: World;
let there: World;
/** An empty project beside the full one of `here`, and one in a team that has nothing else. */
let beside: Partial<Record<Role, ProjectScope>>;
let alone: Partial<Record<Role, ProjectScope>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 20 });
	[here, there] = [await newWorld(owner, sandbox.url), await newWorld(owner, sandbox.url)];
	const team = await newTeam();
	// who counts by their own scores has some, in the full one
	const full = await inProject(here.scopes.rater, here.project);
	await rateExample(full, { exampleId: here.example, score: 7, clientId: randomUUID() });
	beside = await emptyProject(here.scopes.owner, here.scopes.rater);
	// as many people as in the other team: set-ups say how many may vote
	for (const role of ['trainer', 'rater', 'rater'] as const) await team.as(role);
	alone = await emptyProject({ ...team.scope, userId: team.owner.id }, await team.as('rater'));
	// empty, because what was there is gone: what is written to all projects of a team is seen at these too
	for (const { owner: scope } of [beside, alone])
		await owner`update projects set next_example = 3, compared = 2, next_prompt = 3, prompts_compared = '2/0/2/0', next_run = 3,
			next_evaluation = 3 where id = ${scope!.project.id}`;
}, 60_000);
afterAll(async () => {
	await closePools();
	await owner.end();
	await sandbox.stop();
});

// the next operation finds its project again
afterEach(() => owner`update projects set deleted_at = null, deleted_by = null where deleted_at is not null`);

const emptyProject = async (owner: Scope, rater: Scope) => {
	const { project } = await newProject(owner, { slug: 'empty', sandboxUrl: sandbox.url });
	return { owner: await inProject(owner, project.slug), rater: await inProject(rater, project.slug) };
};

const filesBelow = (folder: string) =>
	fs
		.readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.join(folder, file));

/** Operations of a team: the others act for the person alone, and no role decides. */
const ofTeams = operations.filter(({ within }) => within === 'team' || within === 'project');

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

/**
 * An answer as text, read to its end where it comes in pieces: without ids, moments and durations, which are new each time, and without
 * the list of connections, which is the team's.
 */
const worded = async (answer: unknown): Promise<string> => {
	const pieces: unknown[] = [];
	for (const part of Object.values((answer ?? {}) as object)) {
		if (typeof part?.[Symbol.asyncIterator] !== 'function') continue;
		for await (const piece of part as AsyncIterable<unknown>) pieces.push(piece);
	}
	// how many words of an answer leave together is a matter of moments
	const said = pieces.map(String).join('').replaceAll('"}\n\ndata: {"text":"', '');
	return JSON.stringify([answer ?? null, said])
		.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16}\b/g, 'id')
		.replace(/"connections":\[.*?\]/, '')
		.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'moment')
		.replaceAll(/(Ms\\*":)\d+/g, '$1 some');
};

describe('the table', () => {
	test('has one use case for each operation, and no use case without one', async () => {
		const exported = await exportedByFeatures();
		const named = exported.flatMap(({ value }) =>
			typeof value === 'function' && 'operation' in value ? [(value.operation as Operation).name] : []
		);
		expect(named.sort()).toEqual(operations.map(({ name }) => name).sort());
	});

	test('is the only way in: what else these files export is a step, for somebody who has a transaction already', async () => {
		/** Between two transactions of another use case or job, which has asked before; no page and no script calls them. */
		const between = ['baseDeployability', 'ensureServed', 'releaseServing', 'prepareConnection', 'answerPriceOf'];
		for (const { file, name, value } of await exportedByFeatures()) {
			if (!/(commands|queries)\.ts$/.test(file) || between.includes(name)) continue;
			if (typeof value !== 'function' || 'operation' in value) continue;
			expect(String(value), `${name} of ${file}`).toMatch(/^(async )?\(?tx\b/);
		}
	});
});

test('routes take nothing of a feature but its use cases', async () => {
	const known = new Map((await exportedByFeatures()).map(({ file, name, value }) => [`${file} ${name}`, value]));
	/** Below the features: who it is and where, what is told of it, and how it comes and goes. */
	const below = /^(access|events|http|platform)[\/]|^lifecycle$/;
	let taken = 0;
	for (const file of ['src/hooks.server.ts', ...filesBelow('src/routes')]) {
		const text = fs.readFileSync(file, 'utf8');
		for (const [, names, from] of text.matchAll(/import \{([^}]*)\} from '\$lib\/server\/([^']+)'/g)) {
			if (below.test(from!)) continue;
			for (const name of names!.split(',').map((each) => each.trim())) {
				if (!name || name.startsWith('type ')) continue;
				expect(known.get(`${from}.ts ${name}`), `${name} of ${from} in ${file}`).toHaveProperty('operation');
				taken++;
			}
		}
	}
	expect(taken).toBeGreaterThan(100);
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
		const sent = JSON.stringify([inputFor(operation, here), stranger.project]);
		for (const id of Object.values(idsOf(here))) if (!sent.includes(id)) expect(said).not.toContain(id);
		expect(said).not.toContain(here.canary);
		expect(await checksumOf(owner, here.teamId)).toEqual(before);
	});

	if (operation.within === 'project') {
		test('does and shows in an empty project what it would if the team had no other', async () => {
			const before = await checksumOfProject(owner, here.projectId);
			// a model that is asked the same twice says the same only at this
			const input = operation.name === 'servings.chat' ? { temperature: 0 } : {};
			const asked = (actor: ProjectScope) => {
				const ids = { connection: actor.project.connectionId! };
				return outcome(operation, actor, inputFor(operation, here, { ids, input }));
			};
			for (const role of ['owner', 'rater'] as const) {
				const [one, other] = [await asked(beside[role]!), await asked(alone[role]!)];
				expect(one.code, role).toBe(other.code);
				expect(await worded(one.answer), role).toBe(await worded(other.answer));
			}
			expect(await checksumOfProject(owner, here.projectId)).toEqual(before);
		});

		test('does and shows nothing to a member who is limited to other projects', async () => {
			const before = await checksumOf(owner, here.teamId);
			const role = roles.findLast((each) => may(each, operation.action!))!;
			const { answer } = await outcome(operation, await actorIn(here, role, [randomUUID()]), inputFor(operation, here));
			expect(JSON.stringify(answer ?? null)).not.toContain(here.canary);
			expect(await checksumOf(owner, here.teamId)).toEqual(before);
		});
	}
});

/** What the database has written down since: entries of the audit log, and news for pages. */
const written = async (since: { seq: string; xid: string }): Promise<EventName[]> => {
	const rows = await owner`
		select action as event from audit_entries where seq > ${since.seq}
		union all
		select event from outbox where xid >= ${since.xid}::xid8`;
	return rows.map(({ event }) => event as EventName);
};

/** Carries it out in its scene; what it came to, and every event that was recorded meanwhile. */
const walked = async (operation: Operation, actor: object, input: never) => {
	const [since] = await owner<{ seq: string; xid: string }[]>`
		select coalesce(max(seq), 0)::text as seq, pg_snapshot_xmax(pg_current_snapshot())::text as xid from audit_entries`;
	const heard: EventName[] = [];
	const { code, answer } = await outcome(operation, 'tx' in actor ? listening(actor as Scope, heard) : actor, input);
	await worded(answer);
	return { code, heard: new Set([...heard, ...(await written(since!))]) };
};

/** Who carries it out, and what is sent: as its example has it, in its scene, and once more where more can come of it. */
const walksOf = (operation: Operation) => {
	const { name } = operation;
	const own = ownScenes[name];
	if (own)
		return [
			async () => {
				const { actor, input } = await own(owner, here);
				return { actor, input: v.parse(operation.input, input) as never };
			}
		];
	const first = scenes[name] ?? onlyScenes[name] ?? (async () => ({}));
	return [first, ...(moreScenes[name] ? [moreScenes[name]] : [])].map((scene) => async () => {
		const set: Scene = await scene(owner, here);
		return { actor: set.actor ?? (await actorIn(here, 'owner')), input: inputFor(operation, here, set) };
	});
};

describe('what happens', () => {
	const looking = ofTeams.filter((operation) => !changes(operation));
	test.each(looking.map((operation) => [operation.name, operation] as const))('nothing by %s', async (_, operation) => {
		for (const role of roles.filter((each) => may(each, operation.action!))) {
			const scene = (await scenes[operation.name]?.(owner, here)) ?? {};
			const actor = scene.actor ?? (await actorIn(here, role));
			expect([...(await walked(operation, actor, inputFor(operation, here, scene))).heard]).toEqual([]);
		}
	});

	const acting = operations.filter(changes);
	test.each(acting.map((operation) => [operation.name, operation] as const))(
		'by %s is what it says, all of it, and the other project of the team stays as it is',
		async (_, operation) => {
			const declared = operation.events ?? [];
			if (operation.noEvent !== undefined) expect(operation.noEvent).toMatch(/^because .{10,}[^.]$/);
			const all = new Set<EventName>();
			for (const walk of walksOf(operation)) {
				const { actor, input } = await walk();
				const other = beside.owner!.project.id;
				const before = await checksumOfProject(owner, other);
				const { code, heard } = await walked(operation, actor, input);
				expect(code).toBe('ok');
				expect(await checksumOfProject(owner, other)).toEqual(before);
				// of a command something is heard each time, or never
				if (operation.kind === 'command') expect(heard.size > 0).toBe(declared.length > 0);
				for (const event of heard) all.add(event);
			}
			expect([...all].toSorted()).toEqual([...declared].toSorted());
		}
	);
});
