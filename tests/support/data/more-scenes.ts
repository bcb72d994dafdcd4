// What happens where a model is trained, much is going on, or nearly all is spent: of commands, and of queries that write.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { setPrice, switchStrays } from '../../../src/lib/server/connections/commands.ts';
import { openAccess } from '../../../src/lib/server/connections/rows.ts';
import { scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { nextAnswers } from '../../../src/lib/server/evaluations/queries.ts';
import { addPrompts } from '../../../src/lib/server/prompts/commands.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { addOwnServer } from './evaluation.ts';
import { type Scene, actorIn, newScoring } from './scenes.ts';
import { addRows, drive, newRun, newWorkshop } from './training.ts';
import type { World } from './world.ts';

const workshop = async (w: World) => {
	const shop = await newWorkshop(w.sandboxUrl);
	return { ...shop, actor: await inProject({ ...shop.scope, userId: shop.owner.id }, shop.slug) };
};

/** A project in which a model trains, another runs, and answers are being written. */
const busy = async (owner: postgres.Sql, w: World) => {
	const shop = await workshop(w);
	const [open] = await owner`
		insert into runs (team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
		select team_id, id, 1, connection_id, base_model, recipe, 1, 'uploading', ${randomUUID()}, 1, 1, 1
		from projects where id = ${shop.project.id} returning id`;
	await owner`
		insert into servings (team_id, project_id, run_id, mark, status, idle_at)
		values (${shop.teamId}, ${shop.project.id}, ${open!.id}, ${randomUUID()}, 'starting', now() + interval '1 hour')`;
	await owner`
		insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned, temperature,
			max_tokens, seed, status)
		values (${shop.teamId}, ${shop.project.id}, 1, 'v1', ${open!.id}, ${shop.connection.id}, 'sandbox-small', '', 1, 0, 100, 1, 'generating')`;
	return shop;
};

/** A project whose train asks nearly what its validation asks, which nobody has found out yet. */
const withTwins = async (owner: postgres.Sql, w: World) => {
	const shop = await workshop(w);
	const question = 'Please tell me how I can change the address of an order that was sent to you yesterday evening';
	const rows = await addRows(
		shop.scope,
		shop.project.id,
		[
			{ question: `${question}.`, split: 'validation' },
			{ question: `${question} already.`, split: 'train' },
			{ question: 'Is there a shop of yours in Bergen?', split: null }
		],
		1 + shop.rows.length
	);
	await owner`update projects set next_example = ${1 + shop.rows.length + rows.length}, compared = 0 where id = ${shop.project.id}`;
	await addPrompts(shop.actor, { prompts: ['Which of your shops are open on a public holiday?'] });
	return { ...shop, free: rows.at(-1)!.id };
};

/** A project that has spent 85 % of its month, and was told nothing yet. */
const nearlySpent = async (owner: postgres.Sql, w: World) => {
	const shop = await workshop(w);
	await owner`insert into budgets (team_id, project_id, cents) values (${shop.teamId}, ${shop.project.id}, 100000)`;
	await owner`
		insert into answer_costs (team_id, project_id, month, purpose, cents)
		values (${shop.teamId}, ${shop.project.id}, to_char(now() at time zone 'UTC', 'YYYY-MM'), 'playground', 85000)`;
	return shop;
};

const trained = async (w: World) => {
	const shop = await workshop(w);
	return { ...shop, run: await drive(shop.scope, (await startRun(shop.actor, newRun())).id) };
};

/** A model that runs at a provider, and that nothing here knows of. */
const strayed = async (w: World) => {
	const { run, ...shop } = await trained(w);
	const access = await shop.scope.tx((tx) => openAccess(tx, shop.connection.id));
	const mark = `ait-v1-${randomUUID().slice(0, 8)}`;
	await providers.sandbox.deploy(access, { modelObject: run.modelObject! }, mark);
	return { ...shop, mark, there: { connectionId: shop.connection.id } };
};

type Scenes = Record<string, (owner: postgres.Sql, w: World) => Promise<Scene>>;

/** Of operations that can do nothing as the world is. */
export const onlyScenes: Scenes = {
	'team.delete': async (owner, w) => {
		const { actor, teamId } = await busy(owner, w);
		const [team] = await owner`select name from teams where id = ${teamId}`;
		return { actor, input: { confirm: team!.name } };
	},
	'connections.lookForStrays': async (_, w) => {
		const { actor, there } = await strayed(w);
		await switchStrays(actor, { ...there, stops: true });
		return { actor, input: there };
	},
	'connections.stopStray': async (_, w) => {
		const { actor, there, mark } = await strayed(w);
		return { actor, input: { ...there, mark } };
	},
	'servings.start': async (_, w) => {
		const { actor, run } = await trained(w);
		return { actor, ids: { run: run.id } };
	}
};

const amongTwins: Scenes[string] = async (owner, w) => ({ actor: (await withTwins(owner, w)).actor });

/** Of those of which more can come than their example shows (scenes.ts). */
export const moreScenes: Scenes = {
	'project.create': async (_, w) => ({
		input: {
			name: 'Another',
			connection: { provider: 'openai-compatible', name: 'Ours', baseUrl: `${w.sandboxUrl}/openai/v1`, key: 'x' }
		}
	}),
	'project.delete': async (owner, w) => ({ actor: (await busy(owner, w)).actor, input: { confirm: 'Support' } }),
	'budget.set': async (owner, w) => ({ actor: (await nearlySpent(owner, w)).actor, input: { budgetCents: 90_000 } }),
	'splits.apply': amongTwins,
	'splits.move': async (owner, w) => {
		const { actor, free } = await withTwins(owner, w);
		return { actor, input: { ids: [free], side: 'train' } };
	},
	'splits.preview': amongTwins,
	'splits.compare': amongTwins,
	'prompts.browse': amongTwins,
	'evaluations.setUp': amongTwins,
	'evaluations.fewShot': amongTwins,
	'evaluations.reveal': async (owner, w) => {
		const evaluation = await newScoring(owner, w);
		const actor = await actorIn(w, 'owner');
		const { list } = await nextAnswers(actor, { evaluationId: evaluation, after: -1 });
		const said = { evaluationId: evaluation, ballotId: list[0]!.ballotId, clientId: randomUUID() };
		await scoreAnswer(actor, { ...said, score: 8 });
		return { ids: { evaluation } };
	},
	'runs.start': async (owner, w) => ({ actor: (await nearlySpent(owner, w)).actor }),
	'servings.chat': async (owner, w) => {
		const { actor } = await nearlySpent(owner, w);
		const { id: connectionId } = await addOwnServer(actor, `${w.sandboxUrl}/openai/v1`);
		const model = 'sandbox-small';
		const price = { promptCentsPerMillion: 100, completionCentsPerMillion: 100, trainingCentsPerMillion: null };
		await setPrice(actor, { connectionId, model, ...price });
		return { actor, input: { connectionId, model } };
	}
};
