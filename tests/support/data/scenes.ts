// Long because it has what every operation of the contract needs before it can do what its example says.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import * as v from 'valibot';
import { ids } from '../../../src/lib/contract/ids.ts';
import type { Operation } from '../../../src/lib/contract/operation.ts';
import { AppError } from '../../../src/lib/core/errors.ts';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { type ProjectScope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { castVote } from '../../../src/lib/server/evaluations/commands.ts';
import { revokeGuestLink } from '../../../src/lib/server/evaluations/guest-links.ts';
import { nextAnswers, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { createWebhook } from '../../../src/lib/server/webhooks/commands.ts';
import { addOwnServer } from './evaluation.ts';
import { useCases } from './use-cases.ts';
import type { World } from './world.ts';

type Owner = postgres.Sql;

/** What the ids of the contract's examples are in a world. Where an operation needs another one, it stands in `instead`. */
export const idsOf = (w: World) => ({
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
export type Scene = {
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
export const newScoring = async (owner: Owner, w: World, isRevealed = false) => {
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
const newJudging = async (owner: Owner, w: World, status: 'judging' | 'failed'): Promise<string> => {
	await owner`delete from judgings where evaluation_id = ${w.voting}`;
	const [made] = await owner`
		insert into judgings (team_id, project_id, evaluation_id, connection_id, model, label, criteria, status, ended_at)
		select team_id, project_id, id, connection_id, 'sandbox-large', 'sandbox-large (Sandbox)', 'The right one.', ${status},
			case when ${status} = 'failed' then now() end
		from evaluations where id = ${w.voting} returning id`;
	return made!.id as string;
};

/** A server of our own, which answers. */
const ownServer = async (_: Owner, w: World) => ({ input: { baseUrl: `${w.sandboxUrl}/openai/v1` } });

/** What has to be so before an operation can do what its example says; most can as the world is. */
export const scenes: Record<string, (owner: Owner, w: World) => Promise<Scene>> = {
	'team.leave': async (owner, w) => ({
		actor: {
			...scopeFor({ teamId: w.teamId, userId: w.people.trainer, role: 'trainer', projectIds: 'all' })
		} as ProjectScope
	}),
	'connections.create': ownServer,
	'connections.testNew': ownServer,
	'connections.modelsOfNew': ownServer,
	'connections.remove': async (_, w) => ({
		ids: { connection: (await addOwnServer(w.scopes.owner, `${w.sandboxUrl}/openai/v1`)).id }
	}),
	'keys.revoke': async (_, w) => ({
		ids: { key: (await createKey(w.scopes.owner, { name: 'To end', role: 'trainer', projectIds: null, days: 90 })).id }
	}),
	'examples.getImport': async (owner, w) => {
		const [first] = await owner`select id from imports where project_id = ${w.projectId} order by created_at limit 1`;
		return { ids: { import: first!.id as string } };
	},
	'connections.setPrice': async (owner, w) => ({ ids: { connection: w.pricedConnection } }),
	'project.create': async (owner, w) => ({ input: { connectionId: w.connection, connection: undefined } }),
	'project.update': async (owner, w) => ({ input: { connectionId: w.connection } }),
	'project.restore': async (owner, w) => {
		const actor = await actorIn(w, 'owner');
		await owner`update projects set deleted_at = now() where id = ${w.projectId}`;
		return { actor };
	},
	'ratings.undoRewrite': async (owner, w) => {
		const client = randomUUID();
		const rewrite = { exampleId: w.example, output: `Better ${client}`, score: 9, clientId: client };
		await rewriteExample(await actorIn(w, 'owner'), rewrite);
		return { ids: { client } };
	},
	'runs.cancel': async (owner, w) => {
		const [open] = await owner`
			insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
			select team_id, project_id, 99, connection_id, base_model, recipe, seed, 'uploading', ${randomUUID()}, 1, 1, 1
			from runs where id = ${w.run} returning id`;
		return { ids: { run: open!.id as string } };
	},
	'servings.stop': async (owner, w) => {
		await owner`insert into servings (team_id, project_id, run_id, mark, status, idle_at)
			values (${w.teamId}, ${w.projectId}, ${w.run}, ${randomUUID()}, 'starting', now() + interval '1 hour')`;
		return {};
	},
	'webhooks.create': async (_, w) => ({ input: { url: `${w.sandboxUrl}/webhooks` } }),
	'webhooks.remove': async (owner, w) => {
		const wanted = { name: '', url: `${w.sandboxUrl}/webhooks`, events: ['run.failed' as const], projectIds: null };
		return { ids: { webhook: (await createWebhook(w.scopes.owner, wanted)).id } };
	},
	'guests.restore': async (owner, w) => {
		await revokeGuestLink(await actorIn(w, 'owner'), { evaluationId: w.voting, linkId: w.guestLink });
		return {};
	},
	// what has just been set up of the same two is answered by nobody here
	'evaluations.createThreeWay': async (owner, w) => {
		await owner`update evaluations set status = 'failed' where team_id = ${w.teamId} and status = 'generating'`;
		return {};
	},
	'evaluations.retry': async (owner, w) => ({ ids: { evaluation: w.stuck } }),
	'evaluations.export': async (owner, w) => ({ ids: { evaluation: w.revealed } }),
	'evaluations.threeWay': async (owner, w) => ({ ids: { evaluation: w.threeWay } }),
	'judgings.start': async (owner, w) => {
		await owner`delete from judgings where evaluation_id = ${w.voting}`;
		const { id } = await addOwnServer(w.scopes.owner, `${w.sandboxUrl}/openai/v1`);
		return { ids: { connection: id } };
	},
	'judgings.cancel': async (owner, w) => ({ ids: { judging: await newJudging(owner, w, 'judging') } }),
	'judgings.retry': async (owner, w) => ({ ids: { judging: await newJudging(owner, w, 'failed') } }),
	'evaluations.vote': async (owner, w) => ({ ids: { ballot: await nextBallot(w) } }),
	'evaluations.remark': async (owner, w) => {
		const ballot = await nextBallot(w);
		const vote = { evaluationId: w.voting, ballotId: ballot, clientId: randomUUID() };
		await castVote(await actorIn(w, 'owner'), { ...vote, choice: 'tie' });
		return { ids: { ballot } };
	},
	'evaluations.nextAnswers': async (owner, w) => ({ ids: { evaluation: await newScoring(owner, w) } }),
	'evaluations.scores': async (owner, w) => ({ ids: { evaluation: await newScoring(owner, w) } }),
	'evaluations.exportScores': async (owner, w) => ({ ids: { evaluation: await newScoring(owner, w, true) } }),
	'evaluations.score': async (owner, w) => {
		const evaluation = await newScoring(owner, w);
		const { list } = await nextAnswers(await actorIn(w, 'owner'), { evaluationId: evaluation, after: -1 });
		return { ids: { evaluation, ballot: list[0]!.ballotId } };
	},
	'evaluations.reveal': async (owner, w) => {
		const vote = { evaluationId: w.voting, ballotId: await nextBallot(w), clientId: randomUUID() };
		await castVote(await actorIn(w, 'owner'), { ...vote, choice: 'tie' });
		return {};
	},
	'evaluations.continue': async (owner, w) => {
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

/** The example of the contract, with the ids of this world and new ones of the client. */
export const inputFor = (operation: Operation, w: World, { ids: others, input }: Scene = {}): never => {
	const known: Record<string, string> = { ...idsOf(w), ...others };
	let text = JSON.stringify({ ...(operation.example.input as object), ...input });
	for (const [key, id] of Object.entries(ids)) text = text.replaceAll(id, known[key] ?? randomUUID());
	return v.parse(operation.input, JSON.parse(text)) as never;
};

/** Whoever acts with this role in the world, with the project as hooks hand it over. */
export const actorIn = async (
	w: World,
	role: Role | 'guest',
	projectIds: 'all' | string[] = 'all'
): Promise<ProjectScope> => {
	const userId = role === 'guest' ? w.people.rater : w.people[role];
	const { project } = await inProject(w.scopes.owner, w.project);
	return { ...scopeFor({ teamId: w.teamId, userId, role: role as Role, projectIds }), project };
};

const call = async (operation: Operation, actor: object, input: never) =>
	(await useCases()).get(operation.name)!(actor as never, input);

/** What the call came to: its answer, or the code of its refusal and what it says. Anything else is a bug. */
export const outcome = async (
	operation: Operation,
	actor: object,
	input: never
): Promise<{ code: string; problem?: string; answer: unknown }> => {
	try {
		return { code: 'ok', answer: await call(operation, actor, input) };
	} catch (problem) {
		if (!(problem instanceof AppError)) throw problem;
		return { code: problem.code, problem: problem.message, answer: null };
	}
};
