// Long because every claim is made of every operation: the contract says which there are, and nobody writes a line for a new one.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import postgres from 'postgres';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EventName } from '../../src/lib/contract/events.ts';
import { ids } from '../../src/lib/contract/ids.ts';
import type { Operation } from '../../src/lib/contract/operation.ts';
import { operations } from '../../src/lib/contract/operations.ts';
import { AppError } from '../../src/lib/core/errors.ts';
import { type Role, may, roles } from '../../src/lib/core/permissions.ts';
import { type ProjectScope, type Scope, inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import { castVote } from '../../src/lib/server/evaluations/commands.ts';
import { revokeGuestLink } from '../../src/lib/server/evaluations/guest-links.ts';
import { nextAnswers, nextPairs } from '../../src/lib/server/evaluations/queries.ts';
import { configureProviders } from '../../src/lib/server/providers/configure.ts';
import { rateExample, rewriteExample } from '../../src/lib/server/ratings/commands.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { createWebhook } from '../../src/lib/server/webhooks/commands.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { checksumOf, checksumOfProject } from '../support/checksum.ts';
import { addOwnServer } from '../support/evaluation.ts';
import { newProject, newTeam } from '../support/team.ts';
import { exportedByFeatures, useCases } from '../support/use-cases.ts';
import { type World, newWorld } from '../support/world.ts';

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

/** Operations of a team: the others act for the person alone, and no role decides. */
const ofTeams = operations.filter(({ within }) => within === 'team' || within === 'project');

/** What the ids of the contract's examples are in a world. Where an operation needs another one, it stands in `instead`. */
const idsOf = (w: World) => ({
	team: w.teamId,
	project: w.projectId,
	connection: w.spareConnection,
	key: w.key,
	example: w.example,
	run: w.run,
	serving: w.serving,
	evaluation: w.voting,
	ballot: w.ballot,
	person: w.sparePerson,
	invitation: w.invitation,
	pair: w.pair,
	prompt: w.prompt,
	link: w.guestLink,
	webhook: w.webhook,
	delivery: w.delivery
});
type Scene = {
	/** Other ids than those above. */
	ids?: Partial<Record<keyof typeof ids, string>>;
	/** Other fields than the example has. */
	input?: object;
	/** Somebody else than the owner. */
	actor?: ProjectScope;
};

/** The owner’s next ballot of the open evaluation. */
const nextBallot = async (w: World) => {
	const { pairs } = await nextPairs(await actorIn(w, 'owner'), { evaluationId: w.voting, after: -1 });
	return pairs[0]!.ballotId;
};

/** A scoring of the same prompts and answers as the open evaluation. */
const newScoring = async (w: World, isRevealed = false) => {
	const [made] = await owner`
		insert into evaluations (team_id, project_id, number, name, kind, sendable_from, run_id, connection_id, base_model, system_prompt,
			planned, temperature, max_tokens, seed, status, revealed_at, scored)
		select team_id, project_id, (select max(number) + 2000 from evaluations where team_id = e.team_id), name, 'scoring', 8, run_id,
			connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, 'voting',
			${isRevealed ? new Date() : null}, null
		from evaluations e where id = ${w.voting} returning id`;
	const id = made!.id as string;
	await owner`
		with asked as (
			insert into pairings (team_id, project_id, evaluation_id, example_id, position, prompt, reference)
			select team_id, project_id, ${id}, example_id, position, prompt, reference from pairings where evaluation_id = ${w.voting}
			returning team_id, project_id, id
		)
		insert into outputs (team_id, project_id, evaluation_id, pairing_id, contender, text)
		select team_id, project_id, ${id}, id, 'a', 'An answer' from asked`;
	return id;
};

/** A model that judges the vote of this world, or failed to. */
const newJudging = async (w: World, status: 'judging' | 'failed'): Promise<string> => {
	await owner`delete from judgings where evaluation_id = ${w.voting}`;
	const [made] = await owner`
		insert into judgings (team_id, project_id, evaluation_id, connection_id, model, label, criteria, status, ended_at)
		select team_id, project_id, id, connection_id, 'sandbox-large', 'sandbox-large (Sandbox)', 'The right one.', ${status},
			case when ${status} = 'failed' then now() end
		from evaluations where id = ${w.voting} returning id`;
	return made!.id as string;
};

/** What has to be so before an operation can do what its example says; most can as the world is. */
const scenes: Record<string, (w: World) => Promise<Scene>> = {
	'team.delete': async () => {
		const { scope, slug, owner } = await newTeam();
		return { actor: { ...scope, userId: owner.id } as ProjectScope, input: { confirm: `Team ${slug}` } };
	},
	'team.leave': async (w) => ({
		actor: {
			...scopeFor({ teamId: w.teamId, userId: w.people.trainer, role: 'trainer', projectIds: 'all' })
		} as ProjectScope
	}),
	'connections.create': async () => ({ input: { baseUrl: `${sandbox.url}/openai/v1` } }),
	'connections.setPrice': async (w) => ({ ids: { connection: w.pricedConnection } }),
	'project.create': async (w) => ({ input: { connectionId: w.connection, connection: undefined } }),
	'project.update': async (w) => ({ input: { connectionId: w.connection } }),
	'project.restore': async (w) => {
		const actor = await actorIn(w, 'owner');
		await owner`update projects set deleted_at = now() where id = ${w.projectId}`;
		return { actor };
	},
	'ratings.undoRewrite': async (w) => {
		const client = randomUUID();
		const rewrite = { exampleId: w.example, output: `Better ${client}`, score: 9, clientId: client };
		await rewriteExample(await actorIn(w, 'owner'), rewrite);
		return { ids: { client } };
	},
	'runs.cancel': async (w) => {
		const [open] = await owner`
			insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
			select team_id, project_id, 99, connection_id, base_model, recipe, seed, 'uploading', ${randomUUID()}, 1, 1, 1
			from runs where id = ${w.run} returning id`;
		return { ids: { run: open!.id as string } };
	},
	'servings.stop': async (w) => {
		await owner`insert into servings (team_id, project_id, run_id, mark, status, idle_at)
			values (${w.teamId}, ${w.projectId}, ${w.run}, ${randomUUID()}, 'starting', now() + interval '1 hour')`;
		return {};
	},
	'webhooks.create': async () => ({ input: { url: `${sandbox.url}/webhooks` } }),
	'webhooks.remove': async (w) => {
		const wanted = { name: '', url: `${sandbox.url}/webhooks`, events: ['run.failed' as const], projectIds: null };
		return { ids: { webhook: (await createWebhook(w.scopes.owner, wanted)).id } };
	},
	'guests.restore': async (w) => {
		await revokeGuestLink(await actorIn(w, 'owner'), { evaluationId: w.voting, linkId: w.guestLink });
		return {};
	},
	// what has just been set up of the same two is answered by nobody here
	'evaluations.createThreeWay': async (w) => {
		await owner`update evaluations set status = 'failed' where team_id = ${w.teamId} and status = 'generating'`;
		return {};
	},
	'evaluations.retry': async (w) => ({ ids: { evaluation: w.stuck } }),
	'judgings.start': async (w) => {
		await owner`delete from judgings where evaluation_id = ${w.voting}`;
		const { id } = await addOwnServer(w.scopes.owner, `${sandbox.url}/openai/v1`);
		return { ids: { connection: id } };
	},
	'judgings.cancel': async (w) => ({ ids: { judging: await newJudging(w, 'judging') } }),
	'judgings.retry': async (w) => ({ ids: { judging: await newJudging(w, 'failed') } }),
	'evaluations.vote': async (w) => ({ ids: { ballot: await nextBallot(w) } }),
	'evaluations.remark': async (w) => {
		const ballot = await nextBallot(w);
		const vote = { evaluationId: w.voting, ballotId: ballot, clientId: randomUUID() };
		await castVote(await actorIn(w, 'owner'), { ...vote, choice: 'tie' });
		return { ids: { ballot } };
	},
	'evaluations.nextAnswers': async (w) => ({ ids: { evaluation: await newScoring(w) } }),
	'evaluations.scores': async (w) => ({ ids: { evaluation: await newScoring(w) } }),
	'evaluations.exportScores': async (w) => ({ ids: { evaluation: await newScoring(w, true) } }),
	'evaluations.score': async (w) => {
		const evaluation = await newScoring(w);
		const { list } = await nextAnswers(await actorIn(w, 'owner'), { evaluationId: evaluation, after: -1 });
		return { ids: { evaluation, ballot: list[0]!.ballotId } };
	},
	'evaluations.reveal': async (w) => {
		const vote = { evaluationId: w.voting, ballotId: await nextBallot(w), clientId: randomUUID() };
		await castVote(await actorIn(w, 'owner'), { ...vote, choice: 'tie' });
		return {};
	},
	'evaluations.continue': async (w) => {
		// revealed without a verdict, with a pair that nobody has judged
		const [open] = await owner`
			insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned,
				temperature, max_tokens, seed, status, revealed_at, result)
			select team_id, project_id, (select max(number) + 1000 from evaluations where team_id = e.team_id), name, run_id, connection_id,
				base_model, system_prompt, 1, temperature, max_tokens, seed, 'voting', now(), '{"kind": "need-more-data"}'
			from evaluations e where id = ${w.voting} returning id`;
		await owner`
			insert into pairings (team_id, project_id, evaluation_id, example_id, position, prompt, reference)
			select team_id, project_id, ${open!.id}, example_id, 0, prompt, reference from pairings where evaluation_id = ${w.voting} limit 1`;
		return { ids: { evaluation: open!.id as string }, input: { prompts: 0 } };
	}
};

/** A model that can be deployed takes a training: the tests of these operations have one. */
const elsewhere: Record<string, string> = {
	'servings.start': 'tests/server/servings/servings.test.ts',
	'connections.lookForStrays': 'tests/server/connections/strays.test.ts',
	'connections.stopStray': 'tests/server/connections/strays.test.ts'
};

/** The example of the contract, with the ids of this world and new ones of the client. */
const inputFor = (operation: Operation, w: World, { ids: others, input }: Scene = {}): never => {
	const known: Record<string, string> = { ...idsOf(w), ...others };
	let text = JSON.stringify({ ...(operation.example.input as object), ...input });
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

describe('what happens', () => {
	test.each(ofTeams.filter(({ kind }) => kind === 'command').map((operation) => [operation.name, operation] as const))(
		'%s is written down, and leaves the other project of the team as it is',
		async (_, operation) => {
			if (operation.kind !== 'command') return;
			const heard: EventName[] = [];
			const file = elsewhere[operation.name];
			if (file) {
				expect(fs.readFileSync(file, 'utf8'), file).toContain(`'${operation.events[0]}'`);
				return;
			}
			const scene = (await scenes[operation.name]?.(here)) ?? {};
			const actor = scene.actor ?? (await actorIn(here, 'owner'));
			const input = inputFor(operation, here, scene);
			const other = beside.owner!.project.id;
			const before = await checksumOfProject(owner, other);
			const { code } = await outcome(operation, listening(actor, heard), input);
			expect(code).toBe('ok');
			expect(await checksumOfProject(owner, other)).toEqual(before);
			expect(
				operation.events.length === 0 || heard.some((event) => operation.events.includes(event)),
				`heard ${heard.join(', ')}`
			).toBe(true);
			for (const event of heard) expect(operation.events).toContain(event);
		}
	);
});
