// Long because it is one of everything: a team whose pages all have something to show.
import { createReadStream } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { linesOf } from '../../../src/lib/core/examples/import/lines.ts';
import { nameOfSides } from '../../../src/lib/core/evaluations/contender.ts';
import { type ThreeRole, sidesOfPart, threeParts } from '../../../src/lib/core/evaluations/three-way.ts';
import { promptOf, targetOf } from '../../../src/lib/core/examples/example.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { config } from '../../../src/lib/server/platform/config.ts';
import { randomToken, seal, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import * as tables from '../../../src/lib/server/platform/db/schema.ts';
import { addRemark, castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { inviteGuests } from '../../../src/lib/server/evaluations/guest-links.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { type Competitor, columnsOf, labelsFor } from '../../../src/lib/server/evaluations/sides.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { keepPair } from '../../../src/lib/server/playground/commands.ts';
import { awaitPromptsCompared } from '../../../src/lib/server/prompts/compare.ts';
import { addPrompts } from '../../../src/lib/server/prompts/commands.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { keepMail, listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { beginDevice, confirmDevice, takeToken } from '../../../src/lib/server/access/device.ts';
import { personWith } from '../../../src/lib/server/access/people.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { listTokens } from '../../../src/lib/server/access/tokens.ts';
import { applySplit } from '../../../src/lib/server/splits/commands.ts';
import { newSession } from './session.ts';
import { newProject, newTeam } from './team.ts';

const sample = 'examples/customer-support/examples.jsonl';
const pairs = 12;

type Placed = { projectId: string; connectionId: string };

/** A run that ended, with the log, the curve and the files that a real one leaves behind. */
const addRun = (scope: Scope, { projectId, connectionId }: Placed, version: number, problem: string | null) =>
	scope.tx(async (tx) => {
		const at = (seconds: number) => new Date(Date.now() - 600_000 + seconds * 1000);
		const [run] = await tx
			.insert(tables.runs)
			.values({
				projectId,
				connectionId,
				version,
				baseModel: 'sandbox-small',
				recipe: defaultRecipe,
				seed: 1,
				status: problem ? 'failed' : 'ready',
				problem,
				mark: randomUUID(),
				jobId: `ft-${version}`,
				...(!problem && { model: `team/sandbox-small:zebra-${version}`, modelObject: `ml_zebra${version}` }),
				trainCount: 180,
				validationCount: 40,
				tokens: 40_000,
				estimateCents: 400,
				costCents: problem ? 0 : 400,
				stepsDone: problem ? 12 : 45,
				stepsTotal: 45,
				submittedAt: at(0),
				startedAt: at(20),
				finishedAt: at(300)
			})
			.returning();
		const row = { projectId, runId: run!.id };
		await tx.insert(tables.runEvents).values([
			{
				...row,
				at: at(1),
				level: 'info',
				kind: 'aitelier.uploaded',
				message: 'The provider has accepted the train file.'
			},
			{
				...row,
				at: at(5),
				level: 'info',
				kind: 'aitelier.ordered',
				message: `The provider has taken the order as ft-${version}.`
			},
			{ ...row, at: at(290), level: problem ? 'error' : 'info', kind: 'job', message: problem ?? 'The model is ready.' }
		]);
		if (problem) return run!;
		const steps = Array.from({ length: 15 }, (_, i) => (i + 1) * 3);
		const point = (series: 'train' | 'validation', step: number) => ({
			...row,
			series,
			step,
			loss: (series === 'train' ? 2.1 : 2.3) * Math.exp(-step / 40),
			at: at(20 + step * 5)
		});
		await tx
			.insert(tables.runPoints)
			.values(steps.flatMap((step, i) => [point('train', step), ...(i % 3 === 2 ? [point('validation', step)] : [])]));
		const line = '{"messages":[]}\n';
		const hashOf = (text: string) => sha256(text).toString('hex');
		const file = (kind: 'train' | 'validation', text: string) => ({
			...{ ...row, kind, sha256: hashOf(text), byteCount: text.length, bytes: text.length }
		});
		// what it learnt from in parts, as a large file lies
		await tx
			.insert(tables.runFileParts)
			.values([0, 1].map((place) => ({ ...row, kind: 'train' as const, place, body: line, sha256: hashOf(line) })));
		await tx.insert(tables.runFiles).values([
			{ ...file('train', line + line), body: null, parts: 2 },
			{ ...file('validation', line), body: line, parts: null }
		]);
		return run!;
	});

type EvaluationStatus = 'voting' | 'failed';

/** How the answers of each begin, by which `vote` below finds the tuned one again; they name no model. */
const said: Record<ThreeRole, (reference: string | null) => string> = {
	trained: (reference) => `Certainly: ${reference}`,
	prompt: (reference) => `With pleasure: ${reference}`,
	base: () => 'Thank you for your message. Please see our website.'
};

type Own = Partial<typeof tables.evaluations.$inferInsert> & { roles?: readonly [a: ThreeRole, b: ThreeRole] };

/** An evaluation of the first validation examples; its answers are there unless it failed. */
const addEvaluation = (
	scope: Scope,
	{ projectId, connectionId, runId }: Placed & { runId: string },
	number: number,
	status: EvaluationStatus,
	{ roles = ['trained', 'base'], planned = pairs, ...own }: Own = {}
) =>
	scope.tx(async (tx) => {
		const chosen = await tx
			.select()
			.from(tables.examples)
			.where(eq(tables.examples.split, 'validation'))
			.orderBy(asc(tables.examples.number))
			.limit(planned);
		const [made] = await tx
			.insert(tables.evaluations)
			.values({
				projectId,
				number,
				name: 'v1 against base',
				runId,
				connectionId,
				baseModel: 'sandbox-small',
				systemPrompt: 'Be kind.',
				planned: chosen.length,
				temperature: 0,
				maxTokens: 512,
				seed: 7,
				status,
				problem: status === 'failed' ? 'The provider does not answer.' : null,
				...own
			})
			.returning();
		const rows = await tx
			.insert(tables.pairings)
			.values(
				chosen.map((example, position) => ({
					projectId,
					evaluationId: made!.id,
					exampleId: example.id,
					position,
					prompt: promptOf(example.messages),
					reference: targetOf(example)
				}))
			)
			.returning();
		if (status !== 'voting') return made!.id;
		await tx.insert(tables.outputs).values(
			rows.flatMap((row) =>
				(['a', 'b'] as const).map((contender, at) => ({
					projectId,
					evaluationId: made!.id,
					pairingId: row.id,
					contender,
					text: said[roles[at]!](row.reference),
					finishReason: 'stop'
				}))
			)
		);
		return made!.id;
	});

/** Three prompts answered by a run, its base, and its base with an example in its prompt; the first of the three comparisons, which stands for all. */
const addThreeWay = async (
	scope: Scope,
	placed: Placed,
	run: typeof tables.runs.$inferSelect,
	from: number
): Promise<string> => {
	const [shot] = await scope.tx((tx) =>
		tx
			.select({ exampleId: tables.examples.id, number: tables.examples.number, messages: tables.examples.messages })
			.from(tables.examples)
			.where(eq(tables.examples.split, 'train'))
			.orderBy(asc(tables.examples.number))
			.limit(1)
	);
	const of = { run, connectionId: placed.connectionId, model: run.baseModel };
	const three: Record<ThreeRole, Competitor> = {
		trained: { kind: 'run', ...of, fewShot: null },
		prompt: { kind: 'base', ...of, fewShot: { systemPrompt: 'Be kind.', shots: [shot!] } },
		base: { kind: 'base', ...of, fewShot: null }
	};
	let lead: string | null = null;
	for (const [at, threePart] of threeParts.entries()) {
		const roles = sidesOfPart[threePart];
		const [a, b] = [three[roles[0]], three[roles[1]]];
		const own = { ...columnsOf(a, b), name: nameOfSides(labelsFor(a, b)), threePart, threeOf: lead };
		const in_ = { ...placed, runId: run.id };
		const id: string = await addEvaluation(scope, in_, from + at, 'voting', { ...own, roles, planned: 3 });
		lead ??= id;
	}
	return lead!;
};

/** Votes on everything; the tuned answer wins but for every fourth pair. */
const vote = async (scope: Scope, slug: string, evaluationId: string) => {
	const voter = await inProject(scope, slug);
	for (let turn = 0; ;) {
		const { pairs } = await nextPairs(voter, { evaluationId, after: -1 });
		if (pairs.length === 0) return;
		for (const { ballotId, first } of pairs) {
			const isTuned = first.startsWith('Certainly: ');
			const choice = turn++ % 4 === 3 ? 'tie' : isTuned ? 'first' : 'second';
			await castVote(voter, { evaluationId, ballotId, choice, clientId: randomUUID() });
			if (choice === 'tie')
				await addRemark(voter, {
					evaluationId,
					ballotId,
					first: 7,
					second: 6,
					note: 'Both are kind.',
					clientId: randomUUID()
				});
		}
	}
};

/** A personal token of somebody, by its device flow, and another code that waits for an answer. */
const addToken = async (personId: string, teamId: string) => {
	const visitor = { address: '127.0.0.1', browserToken: undefined };
	const self = { person: { id: personId, email: '', name: '' } };
	const { deviceCode, userCode } = await beginDevice(visitor, { client: 'ait on laptop' });
	await confirmDevice(self, { code: userCode, teamId });
	const { token } = await takeToken(visitor, { deviceCode });
	const [listed] = await listTokens(self);
	return { token, id: listed!.id, code: (await beginDevice(visitor, { client: 'ait' })).userCode };
};

export type World = Awaited<ReturnType<typeof newWorld>>;

/**
 * A team with one of everything, made in about two seconds without a provider, and the session of each of its people.
 * `owner` is the connection to write sessions with, `file` has the examples.
 */
export const newWorld = async (owner: postgres.Sql, sandboxUrl: string, { file = sample } = {}) => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope, {
		sandboxUrl,
		slug: `support-${randomUUID().slice(0, 6)}`
	});
	const { scope } = team;
	const [trainer, rater] = [await team.as('trainer'), await team.as('rater')];
	const [spare, leaver] = [await team.as('rater'), await team.as('rater')];
	/** The provider's key: no answer to anybody may ever contain it. */
	const canary = `sk-canary-${randomUUID()}`;
	const spareConnection = await scope.tx(async (tx) => {
		const sealedKey = seal(config().keks, canary, `${team.teamId}|connection|${connection.id}`);
		await tx.update(tables.connections).set({ sealedKey }).where(eq(tables.connections.id, connection.id));
		const [row] = await tx
			.insert(tables.connections)
			.values({ provider: 'sandbox', name: 'Spare', baseUrl: sandboxUrl })
			.returning();
		return row!.id;
	});
	/** The sandbox has no prices, so another server stands for those that have. */
	const pricedConnection = await scope.tx(async (tx) => {
		const [row] = await tx
			.insert(tables.connections)
			.values({ provider: 'openai-compatible', name: 'Ours', baseUrl: `${sandboxUrl}/openai/v1` })
			.returning();
		return row!.id;
	});
	const within = await inProject(scope, project.slug);
	await importExamples(within, { fileName: 'examples.jsonl', lines: linesOf(createReadStream(file)) });
	await applySplit(within, { ratio: 0.8, seed: 1 });
	const placed = { projectId: project.id, connectionId: connection.id };
	const run = await addRun(scope, placed, 1, null);
	const failed = await addRun(scope, placed, 2, 'The provider ended the job: out of memory.');
	const compared = { ...placed, runId: run.id };
	const revealed = await addEvaluation(scope, compared, 1, 'voting');
	const voting = await addEvaluation(scope, compared, 2, 'voting');
	const stuck = await addEvaluation(scope, compared, 3, 'failed');
	const threeWay = await addThreeWay(scope, placed, run, 4);
	const threeRevealed = await addThreeWay(scope, placed, run, 7);
	for (const voter of [{ ...scope, userId: team.owner.id }, rater]) await vote(voter, project.slug, revealed);
	await vote({ ...scope, userId: team.owner.id }, project.slug, threeRevealed);
	for (const evaluationId of [revealed, threeRevealed])
		await revealResults(await inProject(scope, project.slug), { evaluationId });
	const serving = await scope.tx(async (tx) => {
		await tx.update(tables.projects).set({ nextRun: 3, nextEvaluation: 10 }).where(eq(tables.projects.id, project.id));
		const now = new Date();
		const [row] = await tx
			.insert(tables.servings)
			.values({
				...placed,
				runId: run.id,
				mark: randomUUID(),
				status: 'stopped',
				idleAt: now,
				readyAt: now,
				stoppedAt: now
			})
			.returning();
		return row!.id;
	});

	const webhook = await scope.tx(async (tx) => {
		const id = randomUUID();
		const sealedSecret = seal(config().keks, canary, `${team.teamId}|webhook|${id}`);
		const url = `${sandboxUrl}/webhooks`;
		const kept = { name: 'Release bot', url, events: ['run.finished'], sealedSecret };
		await tx.insert(tables.webhookEndpoints).values({ ...kept, id });
		const sent = { endpointId: id, event: 'run.finished', state: 'failed' as const, nextAt: null };
		const [row] = await tx
			.insert(tables.webhookDeliveries)
			.values({ ...sent, body: '{"type":"run.finished"}' })
			.returning();
		const spare = { ...kept, id: randomUUID() };
		await tx.insert(tables.webhookEndpoints).values(spare);
		return { id, spare: spare.id, delivery: row!.id };
	});

	const token = randomToken();
	const invitation = await scope.tx(async (tx) => {
		const [row] = await tx
			.insert(tables.invitations)
			.values({
				email: `guest-${randomUUID().slice(0, 8)}@example.com`,
				role: 'rater',
				tokenHash: sha256(token),
				invitedBy: team.owner.id,
				expiresAt: new Date(Date.now() + 86_400_000)
			})
			.returning();
		return row!;
	});
	// whom somebody knows: who is nobody here yet joins by the link alone, and then it is used
	await personWith(invitation.email);
	await keepMail({
		to: invitation.email,
		subject: 'An invitation',
		text: 'Come in.',
		html: '<p>Come in.</p>',
		link: '/'
	});
	const mail = (await listMails()).find(({ to }) => to === invitation.email)!.id;
	const ids = await scope.tx(async (tx) => {
		const [unrated] = await tx.$client`select id from examples where rating is null limit 1`;
		const [example] = await tx.$client`select id from examples where rating is not null limit 1`;
		return { unrated: (unrated ?? example)!.id as string, example: example!.id as string };
	});
	const key = await createKey(
		{ ...scope, userId: team.owner.id },
		{ name: 'Nightly import', role: 'trainer', projectIds: null, days: 90 }
	);
	const personal = await addToken(team.owner.id, team.teamId);
	const { id: pair } = await keepPair(
		await inProject({ ...scope, userId: team.owner.id, voterId: team.owner.id }, project.slug),
		{
			clientId: randomUUID(),
			prompt: [{ role: 'user', content: 'Which of the two?' }],
			chosen: 'This one.',
			rejected: 'That one.',
			chosenBy: 'v1',
			rejectedBy: 'sandbox-small'
		}
	);
	// far from spent, and told of once in an earlier month
	await scope.tx(async (tx) => {
		const projectId = project.id;
		await tx.insert(tables.budgets).values({ projectId, cents: 900_000 });
		await tx.insert(tables.budgetNotices).values({ projectId, month: '2026-01', cents: 5000, percent: 80 });
		await tx.insert(tables.answerCosts).values({ projectId, month: '2026-01', purpose: 'playground', cents: 12.5 });
	});
	const pool = await inProject(scope, project.slug);
	const prompts = await addPrompts(pool, {
		prompts: ['May I collect my order in person?', 'Which of your shops are open on a public holiday?']
	});
	// else the first page that shows the pool would
	await awaitPromptsCompared(pool);
	const guests = {
		evaluationId: voting,
		title: 'Which answer is better?',
		pairs: 4,
		guests: 500,
		days: 30,
		instructions: ''
	};
	const invited = await inviteGuests(pool, guests);
	const queue = await nextPairs(await inProject(rater, project.slug), { evaluationId: voting, after: -1 });
	return {
		teamId: team.teamId,
		team: team.slug,
		project: project.slug,
		projectId: project.id,
		connection: connection.id,
		/** Nothing uses it. */
		spareConnection,
		pricedConnection,
		canary,
		sandboxUrl,
		...ids,
		prompt: prompts.added[0]!.id,
		run: run.id,
		failed: failed.id,
		serving,
		revealed,
		voting,
		/** A link for guests, and what stands in its address. */
		guestLink: invited.id,
		guestToken: invited.token,
		stuck,
		/** Two three-ways, by the first of their comparisons: one that nobody has voted on, and one that is revealed. */
		threeWay,
		threeRevealed,
		/** The rater's first ballot of the open evaluation. */
		ballot: queue.pairs[0]!.ballotId,
		/** A key for scripts, and how it is sent; a personal token of the owner, and a code that waits for anybody's answer. */
		key: key.id,
		apiKey: key.key,
		personalToken: personal.id,
		bearer: personal.token,
		code: personal.code,
		invitation: invitation.id,
		/** The owner has preferred an answer in the playground. */
		pair,
		webhook: webhook.id,
		spareWebhook: webhook.spare,
		/** Where webhooks may lead. */
		hook: `${sandboxUrl}/webhooks`,
		delivery: webhook.delivery,
		token,
		mail,
		/** Two more raters, who do nothing. */
		sparePerson: spare.userId,
		leaver: leaver.userId,
		people: { owner: team.owner.id, trainer: trainer.userId, rater: rater.userId },
		scopes: { owner: { ...scope, userId: team.owner.id }, trainer, rater },
		sessions: {
			owner: await newSession(owner, team.owner.id),
			trainer: await newSession(owner, trainer.userId),
			rater: await newSession(owner, rater.userId)
		}
	};
};
