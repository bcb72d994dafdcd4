// Long because it is one life: a three-way from its set-up to what is done after its reveal.
import { randomUUID } from 'node:crypto';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setPrice } from '../../../src/lib/server/connections/commands.ts';
import { type ProjectScope, type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import {
	addRemark,
	castVote,
	createEvaluation,
	retryGeneration,
	revealResults
} from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation, getContinuation } from '../../../src/lib/server/evaluations/continuing.ts';
import { inviteGuests, listGuestLinks, revokeGuestLink } from '../../../src/lib/server/evaluations/guest-links.ts';
import {
	beginAsGuest,
	lookAsGuest,
	undoAsGuest,
	voteAsGuest
} from '../../../src/lib/server/evaluations/guest-votes.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { evaluationJobs, requeueGenerations } from '../../../src/lib/server/evaluations/jobs.ts';
import {
	getEvaluation,
	getResults,
	getSetUp,
	listEvaluations,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { createThreeWay } from '../../../src/lib/server/evaluations/new-three-way.ts';
import { getThreeWay } from '../../../src/lib/server/evaluations/three-way.ts';
import { isQueued } from '../../../src/lib/server/jobs/is-queued.ts';
import { randomToken } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { ballots, evaluations, outputs, pairings, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startEchoServer } from '../../support/servers/echo-server.ts';
import { addExamples, addOwnServer, addReadyRun, answerAll, newContest, wish } from '../../support/data/evaluation.ts';
import { newMailServer } from '../../support/servers/mail-server.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

let server: Awaited<ReturnType<typeof startEchoServer>>;
let mails: Awaited<ReturnType<typeof newMailServer>>;
beforeAll(async () => {
	mails = await newMailServer();
	configureProviders({ allowLocal: true });
	server = await startEchoServer();
});
afterAll(async () => {
	await server.stop();
	await mails.close();
	await closePools();
});

const never = new AbortController().signal;
const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };
const plan = {
	votes: 1,
	delta: 20,
	temperature: 0,
	maxTokens: 512,
	thinking: false,
	promptsFrom: 'validation'
} as const;

/** A run and its base at a server of the team's own, examples to show, and a three-way of them. */
const three = async (pairs: number, more: { spare?: number; votes?: number } = {}) => {
	const made = await newContest(pairs + (more.spare ?? 0));
	const { scope, project, slug } = made;
	await addExamples(scope, project.id, ['How do I mend a tap?', 'What of my own garden?', 'Where is the key?'], {
		split: 'train',
		from: 500
	});
	const own = await addOwnServer(scope, server.url);
	const of = { projectId: project.id, connectionId: own.id, version: 2, baseModel: 'zebra-7b', model: 'ant-1b' };
	const run = await addReadyRun(scope, { ...of, costCents: 400 });
	const inside = await inProject(scope, slug);
	for (let people = 1; people < (more.votes ?? 1); people++) await made.as('rater');
	const wanted = { runId: run.id, fewShot: { examples: 3 }, pairs, ...plan, votes: more.votes ?? 1 };
	const { id } = await createThreeWay(inside, wanted);
	return { ...made, own, run, inside, id, wanted };
};
const rowsOf = (scope: Scope) => scope.tx((tx) => tx.select().from(evaluations).orderBy(asc(evaluations.number)));

/** Answers without a provider, the same in both comparisons in which a contender stands. */
const answered = async (pairs: number, more: Parameters<typeof three>[1] = {}) => {
	const made = await three(pairs, more);
	const words = { training: ['Trained', 'Prompted'], prompt: ['Prompted', 'Plain'], tuned: ['Trained', 'Plain'] };
	await made.scope.tx(async (tx) => {
		for (const { id, threePart, projectId } of await tx.select().from(evaluations)) {
			for (const pairing of await tx.select().from(pairings).where(eq(pairings.evaluationId, id)))
				for (const [at, contender] of (['a', 'b'] as const).entries())
					await tx.insert(outputs).values({
						...{ projectId, evaluationId: id, pairingId: pairing.id, contender, finishReason: 'stop' },
						...{ text: `${words[threePart!][at]} ${pairing.position}`, latencyMs: 100 * (at + 1) },
						...{ promptTokens: contender === 'a' ? 100 : 1000, completionTokens: 50 }
					});
			await tx.update(evaluations).set({ status: 'voting' }).where(eq(evaluations.id, id));
		}
	});
	return made;
};

/** Judges all that comes, by the words of both answers. */
const judge = async (
	voter: ProjectScope,
	evaluationId: string,
	better: (first: string, second: string, prompt: number) => 'first' | 'second' | 'tie'
) => {
	const seen: string[] = [];
	for (;;) {
		const { pairs } = await nextPairs(voter, { evaluationId, after: -1 });
		if (pairs.length === 0) return seen;
		for (const { ballotId, first, second } of pairs) {
			const [one, at] = first.split(' ') as [string, string];
			const [other] = second.split(' ') as [string];
			seen.push(`${[one, other].sort().join(' ')} ${at}`);
			await castVote(voter, {
				...{ evaluationId, ballotId, choice: better(one, other, Number(at)) },
				clientId: randomUUID()
			});
		}
	}
};
const order = ['Plain', 'Prompted', 'Trained'];
const higher = (first: string, second: string) =>
	order.indexOf(first) > order.indexOf(second) ? ('first' as const) : ('second' as const);

test('three comparisons on the same prompts begin, and each model is asked once for each of them', async () => {
	const { scope, inside, id } = await three(5);
	const all = await rowsOf(scope);
	expect(all.map(({ threePart, threeOf, attempt, number }) => ({ threePart, threeOf, attempt, number }))).toEqual([
		{ threePart: 'training', threeOf: null, attempt: 1, number: 1 },
		{ threePart: 'prompt', threeOf: id, attempt: 1, number: 2 },
		{ threePart: 'tuned', threeOf: id, attempt: 1, number: 3 }
	]);
	expect(all.map(({ name }) => name)).toEqual([
		'v2 against base with 3 examples in its prompt',
		'base of v2 with 3 examples in its prompt against base of v2',
		'v2 against base'
	]);
	const asked = async (evaluationId: string) =>
		(
			await scope.tx((tx) =>
				tx.select().from(pairings).where(eq(pairings.evaluationId, evaluationId)).orderBy(pairings.position)
			)
		).map(({ exampleId }) => exampleId);
	expect(await asked(all[1]!.id)).toEqual(await asked(id));
	expect(await asked(all[2]!.id)).toEqual(await asked(id));
	expect(all.map(({ seed, maxTokens }) => ({ seed, maxTokens }))).toEqual(
		Array(3).fill({ seed: all[0]!.seed, maxTokens: 512 })
	);

	server.asked.length = 0;
	await generateOutputs(scope, id, never, quick);
	const turns = (model: string, messages: number) =>
		server.asked.filter((one) => one.model === model && one.messages.length === messages).length;
	expect(server.asked).toHaveLength(15);
	expect([turns('ant-1b', 2), turns('zebra-7b', 2), turns('zebra-7b', 8)]).toEqual([5, 5, 5]);
	expect((await rowsOf(scope)).map(({ status }) => status)).toEqual(['voting', 'voting', 'voting']);
	const written = await scope.tx((tx) => tx.select().from(outputs));
	expect(written).toHaveLength(30);
	expect(await getThreeWay(inside, { evaluationId: id })).toMatchObject({
		...{
			status: 'voting',
			answers: 15,
			judged: 0,
			revealed: false,
			answer: null,
			contenders: null,
			training: null,
			ask: null
		},
		comparisons: [{ part: 'training', result: null }, { part: 'prompt' }, { part: 'tuned' }]
	});
});

test('an interrupted generation goes on: nothing is asked, or paid, twice, and what failed is tried again for all three', async () => {
	const { scope, inside, id, as, slug } = await three(4);
	const before = await rowsOf(scope);
	await scope.tx((tx) => tx.update(evaluations).set({ status: 'failed', problem: 'Away.' }));
	const named = { evaluationId: before[2]!.id };
	expect(await getThreeWay(inside, named)).toMatchObject({ status: 'failed', problem: 'Away.', mayReveal: true });
	// what went wrong is for those who can set it right
	const rater = await inProject(await as('rater'), slug);
	expect(await getThreeWay(rater, named)).toMatchObject({ status: 'failed', problem: null, mayReveal: false });
	await retryGeneration(inside, { evaluationId: before[1]!.id });
	expect((await rowsOf(scope)).map(({ status, problem }) => [status, problem])).toEqual(
		Array(3).fill(['generating', null])
	);
	server.asked.length = 0;
	await generateOutputs(scope, before[2]!.id, never, quick); // whichever of the three is named
	await generateOutputs(scope, id, never, quick);
	expect(server.asked).toHaveLength(12);
});

test('the sweep gives the first of them its job back, and none of the others one', async () => {
	const { scope, id } = await three(2);
	await requeueGenerations(scope);
	const [, second, third] = await rowsOf(scope);
	const isWaiting = (one: string) => scope.tx((tx) => isQueued(tx, 'evaluation.generate', one));
	expect([await isWaiting(id), await isWaiting(second!.id), await isWaiting(third!.id)]).toEqual([true, false, false]);
});

test('a second click, and a comparison of two of them meanwhile, are refused', async () => {
	const { inside, wanted } = await three(2);
	await expect(createThreeWay(inside, wanted)).rejects.toThrow(
		'Comparison 1 of these two is being prepared. Wait for it.'
	);
});

test('a voter is dealt all three from one queue, and nothing in it tells which of them a pair is from', async () => {
	const { scope, inside, id } = await answered(6);
	const [, second, third] = await rowsOf(scope);
	const begun = await nextPairs(inside, { evaluationId: id, after: -1 });
	expect(begun).toMatchObject({ state: 'open', judged: 0, total: 18, complete: false });
	expect(begun.pairs).toHaveLength(5);
	for (const pair of begun.pairs)
		expect(Object.keys(pair).sort()).toEqual(['ballotId', 'first', 'position', 'prompt', 'second']);
	const text = JSON.stringify(begun);
	for (const one of [id, second!.id, third!.id]) expect(text).not.toContain(one);
	// whichever of the three is named, it is the same queue
	expect(await nextPairs(inside, { evaluationId: third!.id, after: -1 })).toEqual(begun);
	// page by page every pair comes once
	const places: number[] = [];
	for (let after = -1; ;) {
		const { pairs } = await nextPairs(inside, { evaluationId: id, after });
		const ahead = pairs.filter(({ position }) => position > after);
		if (ahead.length === 0) break;
		places.push(...ahead.map(({ position }) => position));
		after = ahead.at(-1)!.position;
	}
	expect(places).toEqual(Array.from({ length: 18 }, (_, at) => at));

	const [pair] = begun.pairs;
	const vote = { ballotId: pair!.ballotId, choice: 'tie' as const, clientId: randomUUID() };
	expect(await castVote(inside, { ...vote, evaluationId: second!.id })).toMatchObject({ judged: 1, total: 18 });
	expect(await castVote(inside, { ...vote, evaluationId: id })).toMatchObject({ judged: 1, total: 18 });
	await addRemark(inside, {
		...{ evaluationId: third!.id, ballotId: pair!.ballotId, first: 7, second: null, note: '' },
		clientId: randomUUID()
	});
	const given = await scope.tx((tx) => tx.select().from(votes));
	const [ballot] = await scope.tx((tx) => tx.select().from(ballots).where(eq(ballots.id, pair!.ballotId)));
	expect(given.map(({ evaluationId }) => evaluationId)).toEqual([ballot!.evaluationId]);

	const seen = await judge(inside, id, higher);
	expect(new Set(seen).size).toBe(17);
	expect(await nextPairs(inside, { evaluationId: id, after: -1 })).toMatchObject({
		...{ state: 'done', judged: 18, total: 18, complete: true, pairs: [] }
	});
});

test('what a voter was dealt elsewhere is neither judged nor remarked on as one of the three', async () => {
	const { scope, run, inside, id } = await answered(3);
	const beside = await createEvaluation(inside, wish(run.id, 2));
	await answerAll(scope, beside.id);
	const { pairs } = await nextPairs(inside, { evaluationId: beside.id, after: -1 });
	const dealt = { evaluationId: id, ballotId: pairs[0]!.ballotId, clientId: randomUUID() };
	await expect(castVote(inside, { ...dealt, choice: 'tie' })).rejects.toMatchObject({ code: 'not_found' });
	await castVote(inside, { ...dealt, evaluationId: beside.id, choice: 'tie' });
	const remark = { ...dealt, clientId: randomUUID(), first: 7, second: null, note: '' };
	await expect(addRemark(inside, remark)).rejects.toMatchObject({ code: 'not_found' });
	await addRemark(inside, { ...remark, evaluationId: beside.id });
});

// Who knew from which of the three a pair is knew who had written what: an answer that stands in two of them is the one they share.
test('nothing that moves with a vote tells which of the three it was in, also not the order in which ballots were made', async () => {
	const { scope, inside, id, as, slug } = await answered(4);
	const rater = await inProject(await as('rater'), slug);
	const of = (evaluationId: string) => ({ evaluationId });
	/** All that somebody can look at before the reveal, of each of the three without what is its own anyway. */
	const looked = async (who: ProjectScope) => {
		const { rows } = await listEvaluations(who, {});
		const alike = ({ id: _id, number: _number, title: _title, ...same }: (typeof rows)[number]) => same;
		const shown = [];
		for (const one of rows) {
			const {
				id: _id,
				number: _number,
				title: _title,
				contenders: _who,
				...same
			} = await getEvaluation(who, of(one.id));
			const found = await getResults(who, { ...of(one.id), show: 'all', page: 1 });
			const { number: _place, title: _name, ...locked } = 'locked' in found ? found.locked : { number: 0, title: '' };
			shown.push({ ...same, locked });
		}
		const { comparisons } = await getThreeWay(who, of(id));
		const parts = comparisons.map(({ id: _id, number: _number, title: _title, part: _part, ...same }) => same);
		return [rows.map(alike), shown, parts];
	};
	const isTold = async (who: ProjectScope) => {
		for (const three of await looked(who)) for (const one of three) expect(one).toEqual(three[0]);
	};
	for (let turn = 0; turn < 8; turn++) {
		const { pairs } = await nextPairs(rater, { ...of(id), after: -1 });
		const choice = turn === 4 ? 'skip' : 'tie';
		await castVote(rater, {
			...of(id),
			ballotId: pairs.at(turn % 2 ? -1 : 0)!.ballotId,
			choice,
			clientId: randomUUID()
		});
		await isTold(rater);
	}
	await isTold(inside);
	expect(await getEvaluation(rater, of(id))).toMatchObject({ planned: 4, judged: 2, mine: 2, skips: 0, skipped: 0 });
	const dealt = await scope.tx((tx) => tx.select().from(ballots).orderBy(asc(ballots.id)));
	const changes = dealt.filter((one, at) => at > 0 && one.evaluationId !== dealt[at - 1]!.evaluationId).length;
	// in the order of their making all four of one stand before those of the next
	expect(changes).toBeGreaterThan(2);
});

test('which of the three a comparison is, is told before the reveal only to whoever may know who competes', async () => {
	const { inside, id, as, slug } = await answered(1);
	const rater = await inProject(await as('rater'), slug);
	const partsFor = async (who: ProjectScope) =>
		(await getThreeWay(who, { evaluationId: id })).comparisons.map(({ part }) => part);
	expect(await partsFor(rater)).toEqual([null, null, null]);
	expect(await partsFor(inside)).toEqual(['training', 'prompt', 'tuned']);
	await judge(inside, id, higher);
	await revealResults(inside, { evaluationId: id });
	expect(await partsFor(rater)).toEqual(['training', 'prompt', 'tuned']);
});

// A link of one of them, in a chat, would tell everybody who reads it who wrote the answers that they judge elsewhere. What `judged_with` and `guest_link` answer holds it.
test('guests are dealt from all three, whichever of them a link was made for, and are told nothing more than members are', async () => {
	const { scope, inside, id } = await answered(3);
	const [, second, third] = await rowsOf(scope);
	await rewriteHistory(
		'outputs',
		(sql) => sql`update outputs set text = text || ' by ant-1b of zebra' where team_id = ${scope.teamId}`
	);
	const wished = { title: 'Which is better?', instructions: '', guests: 2, days: 7 };
	const { token } = await inviteGuests(inside, { evaluationId: second!.id, ...wished, pairs: 200 });
	const guest = { browserToken: randomToken(), address: '127.0.0.1' };
	await beginAsGuest(guest, { token });
	const seen: string[] = [];
	for (;;) {
		const { turn, pairs } = await lookAsGuest(guest, { token });
		expect({ pairs, total: turn!.total, judged: turn!.judged }).toEqual({ pairs: 9, total: 9, judged: seen.length });
		if (!turn!.pair) break;
		const { ballotId, first, second } = turn!.pair;
		for (const name of ['ant-1b', 'zebra']) expect(first + second).not.toContain(name);
		seen.push(
			[first, second]
				.map((text) => text.split(' ').slice(0, 2).join(' '))
				.sort()
				.join(', ')
		);
		await voteAsGuest(guest, { token, ballotId, choice: 'first', clientId: randomUUID() });
		// a way back is one of the pair before, in whichever of the three it was
		if (seen.length % 2 === 0) continue;
		await undoAsGuest(guest, { token, clientId: randomUUID() });
		expect((await lookAsGuest(guest, { token })).turn!.pair!.ballotId).toBe(ballotId);
		await voteAsGuest(guest, { token, ballotId, choice: 'first', clientId: randomUUID() });
	}
	const two = (one: string, other: string) => [0, 1, 2].map((at) => `${one} ${at}, ${other} ${at}`);
	const every = [...two('Plain', 'Prompted'), ...two('Plain', 'Trained'), ...two('Prompted', 'Trained')];
	expect(seen.sort()).toEqual(every.sort());
	const given = await scope.tx((tx) => tx.select().from(votes));
	expect(new Set(given.map(({ evaluationId }) => evaluationId))).toEqual(new Set([id, second!.id, third!.id]));
	// what is heard names the one the link is of, whichever the ballot was in
	const heard =
		await owner`select distinct topic from outbox where team_id = ${scope.teamId} and event = 'evaluation.guest_voted'`;
	expect(heard.map(({ topic }) => topic as string)).toEqual([`evaluation:${id}`]);
	const shown = { title: 'Which is better?', pairs: 9, used: 1, votes: 9, state: 'open' };
	for (const evaluationId of [id, second!.id, third!.id])
		expect(await listGuestLinks(inside, { evaluationId })).toMatchObject([shown]);
	const [link] = await listGuestLinks(inside, { evaluationId: id });
	await revokeGuestLink(inside, { evaluationId: third!.id, linkId: link!.id });
	expect((await lookAsGuest(guest, { token })).state).toBe('revoked');
});

test('an answer is masked alike in every pair in which it comes', async () => {
	const { scope, inside } = await answered(3);
	const [, , third] = await rowsOf(scope);
	await rewriteHistory(
		'outputs',
		(sql) => sql`update outputs set text = 'I am ant-1b of zebra' where team_id = ${scope.teamId}`
	);
	const { pairs } = await nextPairs(inside, { evaluationId: third!.id, after: -1 });
	const said = new Set(pairs.flatMap(({ first, second }) => [first, second]));
	expect(said.size).toBe(1);
	expect([...said][0]).not.toContain('ant-1b');
});

test('one reveal shows all three, and one answer; the training is worth it where it beats the prompt', async () => {
	const { scope, inside, id, as, slug, own, run } = await answered(24);
	const rater = await inProject(await as('rater'), slug);
	await judge(inside, id, higher);
	expect(await getThreeWay(rater, { evaluationId: id })).toMatchObject({
		...{ judged: 72, mine: 0, revealed: false, contenders: null, answer: null, mayReveal: false },
		comparisons: [{ title: 'Comparison 1', result: null }, { title: 'Comparison 2' }, { title: 'Comparison 3' }]
	});
	expect((await listEvaluations(rater, {})).rows.map(({ threeWay }) => threeWay)).toEqual([id, id, id]);
	const [, , third] = await rowsOf(scope);
	await revealResults(inside, { evaluationId: third!.id });
	expect((await rowsOf(scope)).every(({ revealedAt, result }) => revealedAt !== null && result !== null)).toBe(true);
	expect(await revealResults(inside, { evaluationId: id })).toBeNull();
	for (const { id: one } of await rowsOf(scope))
		expect(await getResults(rater, { evaluationId: one, show: 'all', page: 1 })).toMatchObject({
			results: { verdict: { kind: 'ship-it' } }
		});

	await setPrice(scope, {
		...{ connectionId: own.id, model: 'zebra-7b', trainingCentsPerMillion: null },
		...{ promptCentsPerMillion: 100, completionCentsPerMillion: 200 }
	});
	await setPrice(scope, {
		...{ connectionId: own.id, model: 'ant-1b', trainingCentsPerMillion: null },
		...{ promptCentsPerMillion: 100, completionCentsPerMillion: 200 }
	});
	const shown = await getThreeWay(inside, { evaluationId: id });
	expect(shown.answer).toMatchObject({ kind: 'train', title: 'Yes: training is worth it' });
	expect(shown.answer!.sentence).toContain('better than the base model with examples in its prompt: +100 points');
	expect(shown.comparisons.map(({ result }) => result?.wins)).toEqual([24, 24, 24]);
	const cost = (centsPerAnswer: number) => ({ billed: 'token', centsPerAnswer, centsPerHour: null });
	expect(shown.contenders).toEqual([
		{
			role: 'base',
			label: 'base',
			promptTokens: 1000,
			completionTokens: 50,
			counted: true,
			medianMs: 200,
			cost: cost(0.11)
		},
		{
			...{ role: 'prompt', label: 'base with 3 examples in its prompt', counted: true, medianMs: 200 },
			...{ promptTokens: 1000, completionTokens: 50, cost: cost(0.11) }
		},
		{
			role: 'trained',
			label: 'v2',
			promptTokens: 100,
			completionTokens: 50,
			counted: true,
			medianMs: 100,
			cost: cost(0.02)
		}
	]);
	expect(shown.training).toEqual({
		...{ runId: run.id, version: 2, cents: 400, estimated: false },
		payback: { kind: 'answers', answers: Math.ceil(400 / 0.09) }
	});
	expect(shown.ask).toMatchObject({
		connectionId: own.id,
		model: 'zebra-7b',
		runId: run.id,
		prompt: { shots: [{}, {}, {}] }
	});
	// the same answer for whoever only votes, without money and without a way to ask
	expect(await getThreeWay(rater, { evaluationId: id })).toMatchObject({
		...{ answer: shown.answer, training: null, ask: null },
		contenders: [{ cost: null }, { cost: null }, { label: 'v2', cost: null }]
	});
});

test('whoever has judged a pair of any of the three is told of the verdict', async () => {
	const { scope, inside, id, as, slug, teamId } = await answered(12);
	const trainer = await inProject(await as('trainer'), slug);
	const { pairs } = await nextPairs(trainer, { evaluationId: id, after: -1 });
	const dealt = await trainer.tx((tx) => tx.select().from(ballots).where(eq(ballots.personId, trainer.userId!)));
	const ofAnother = pairs.find(({ ballotId }) => dealt.some((one) => one.id === ballotId && one.evaluationId !== id))!;
	await castVote(trainer, {
		...{ evaluationId: id, ballotId: ofAnother.ballotId, choice: 'tie' },
		clientId: randomUUID()
	});
	await judge(inside, id, higher);
	await revealResults(inside, { evaluationId: id });
	const { run } = evaluationJobs.find(({ name }) => name === 'evaluation.tell')!;
	const told = await owner`select data from pgboss.job where name = 'evaluation.tell' and data->>'teamId' = ${teamId}`;
	const system = scopeFor({ teamId, userId: null, role: 'owner', projectIds: 'all' });
	for (const { data } of told) await run(system, { evaluationId: data.evaluationId } as never, never);
	const people = await owner`select email from people where id in ${owner([scope.userId!, trainer.userId!])}`;
	expect(mails.got.map(({ to }) => to).sort()).toEqual(people.map(({ email }) => email as string).sort());
});

test('a price that nobody knows is none, and nothing is said of when it pays', async () => {
	const { inside, id } = await answered(2);
	await judge(inside, id, higher);
	await revealResults(inside, { evaluationId: id });
	const shown = await getThreeWay(inside, { evaluationId: id });
	expect(shown.contenders!.map(({ cost }) => cost)).toEqual(
		Array(3).fill({ billed: 'token', centsPerAnswer: null, centsPerHour: null })
	);
	expect(shown.training!.payback).toEqual({ kind: 'unknown' });
	expect(shown.answer!.kind).toBe('open');
});

test('where the trained model makes no difference to the prompt, the prompt is enough', async () => {
	const { inside, id } = await answered(40);
	await judge(inside, id, (first, second) => ([first, second].includes('Plain') ? higher(first, second) : 'tie'));
	await revealResults(inside, { evaluationId: id });
	const { answer, comparisons } = await getThreeWay(inside, { evaluationId: id });
	expect(comparisons.map(({ result }) => result!.kind)).toEqual(['too-close', 'ship-it', 'ship-it']);
	expect(answer).toMatchObject({ kind: 'prompt', title: 'No: the prompt is enough' });
});

test('after the reveal nothing is taken in any of them, and one that gave no verdict goes on alone', async () => {
	const { scope, inside, id } = await answered(6, { spare: 6 });
	const { pairs } = await nextPairs(inside, { evaluationId: id, after: -1 });
	for (const { ballotId } of pairs.slice(0, 2))
		await castVote(inside, { evaluationId: id, ballotId, choice: 'tie', clientId: randomUUID() });
	await revealResults(inside, { evaluationId: id });
	for (const { ballotId } of pairs) {
		const late = castVote(inside, { evaluationId: id, ballotId, choice: 'first', clientId: randomUUID() });
		await expect(late).rejects.toThrow('The results are known');
	}
	const next = await continueEvaluation(inside, { evaluationId: id, prompts: 3 });
	const made = (await rowsOf(scope)).at(-1)!;
	expect(made).toMatchObject({ id: next.id, continuesId: id, threePart: null, threeOf: null });
	expect(await getEvaluation(inside, { evaluationId: next.id })).toMatchObject({ threeWay: null });
	const { comparisons } = await getThreeWay(inside, { evaluationId: id });
	expect(comparisons[0]!.goesOn).toEqual({ id: next.id, number: 4, revealed: false });
	expect(comparisons[1]!.goesOn).toBeNull();
});

// Its own pair stayed hidden; but whoever has read the answer of the trained model beside the base's knows it again.
test('what was shown beside it at the reveal is not asked again where one of them goes on', async () => {
	const { inside, id } = await answered(6, { spare: 1 });
	let shown = 0;
	for (let after = -1; ;) {
		const ahead = (await nextPairs(inside, { evaluationId: id, after })).pairs.filter(
			({ position }) => position > after
		);
		if (ahead.length === 0) break;
		after = ahead.at(-1)!.position;
		for (const { ballotId, first, second } of ahead) {
			const who = [first, second].map((text) => text.split(' ')[0]).sort();
			if (who.join(' ') !== 'Plain Trained' || shown === 4) continue;
			shown++;
			await castVote(inside, { evaluationId: id, ballotId, choice: 'tie', clientId: randomUUID() });
		}
	}
	await revealResults(inside, { evaluationId: id });
	expect(await getContinuation(inside, { evaluationId: id })).toMatchObject({ reason: null, hidden: 2, unseen: 1 });
	const { id: next } = await continueEvaluation(inside, { evaluationId: id, prompts: 0 });
	expect(await getEvaluation(inside, { evaluationId: next })).toMatchObject({ planned: 2 });
});

/** Revealed after one vote, so that nearly all of all three stayed hidden. */
const endedEarly = async (spare: number) => {
	const made = await answered(6, { spare });
	const { pairs } = await nextPairs(made.inside, { evaluationId: made.id, after: -1 });
	const vote = (evaluationId: string, ballotId: string) =>
		castVote(made.inside, { evaluationId, ballotId, choice: 'tie', clientId: randomUUID() });
	await vote(made.id, pairs[0]!.ballotId);
	await revealResults(made.inside, { evaluationId: made.id });
	const three = (await rowsOf(made.scope)).map(({ id }) => id) as [string, string, string];
	/** One goes on, is asked as it is, and revealed after one vote more. */
	const endedAgain = async (evaluationId: string, prompts = 0) => {
		const { id } = await continueEvaluation(made.inside, { evaluationId, prompts });
		await made.scope.tx((tx) => tx.update(evaluations).set({ status: 'voting' }).where(eq(evaluations.id, id)));
		const next = await nextPairs(made.inside, { evaluationId: id, after: -1 });
		await vote(id, next.pairs[0]!.ballotId);
		await revealResults(made.inside, { evaluationId: id });
		return id;
	};
	const left = (evaluationId: string) => getContinuation(made.inside, { evaluationId });
	return { ...made, three, endedAgain, left };
};

// Two that go on with the same prompts share an answer, and which of the two a pair is from is known: so it is known who wrote it.
test('what goes on in one of the three is asked in no other: neither what stayed hidden nor what nobody has seen', async () => {
	const { inside, three, left } = await endedEarly(2);
	expect(await left(three[0])).toMatchObject({ reason: null, hidden: 5, unseen: 2 });
	await continueEvaluation(inside, { evaluationId: three[0], prompts: 1 });
	expect(await left(three[1])).toEqual({ reason: null, hidden: 0, unseen: 1 });
	const { id: second } = await continueEvaluation(inside, { evaluationId: three[1], prompts: 1 });
	expect(await getEvaluation(inside, { evaluationId: second })).toMatchObject({ planned: 1 });
	const none =
		'What was left goes on in comparisons 4 and 5. Asked here as well, it would tell who wrote the answer that two of them share. Put new examples into validation.';
	expect(await left(three[2])).toEqual({ reason: none, hidden: 0, unseen: 0 });
	await expect(continueEvaluation(inside, { evaluationId: three[2], prompts: 0 })).rejects.toThrow('Choose how many');
});

test('what was shown where one of the three went on is not asked in the others, nor what waits there in what goes on once more', async () => {
	const { inside, three, endedAgain, left } = await endedEarly(1);
	const first = await endedAgain(three[1]);
	expect(await left(three[2])).toMatchObject({ reason: null, hidden: 0, unseen: 1 });
	// its own goes on with it
	expect(await left(first)).toMatchObject({ reason: null, hidden: 4, unseen: 1 });
	await continueEvaluation(inside, { evaluationId: three[2], prompts: 1 });
	expect(await left(first)).toMatchObject({ reason: null, hidden: 4, unseen: 0 });
	await expect(continueEvaluation(inside, { evaluationId: first, prompts: 1 })).rejects.toThrow('No prompt is left');
});

test('the next three-way of the same models is a second try of all three', async () => {
	const { scope, inside, id, wanted } = await answered(3);
	await judge(inside, id, higher);
	await revealResults(inside, { evaluationId: id });
	await createThreeWay(inside, wanted);
	expect((await rowsOf(scope)).map(({ attempt }) => attempt)).toEqual([1, 1, 1, 2, 2, 2]);
});

// A number of tries that grew with one of them would tell which of the three the votes were in.
test('a three-way that is hidden is a try of all three, or of none, by what all have together', async () => {
	const { inside, id } = await answered(13);
	const times = async () => (await getSetUp(inside, {})).tried.map((one) => one.times);
	const some = async (wanted: (two: string) => boolean) => {
		for (let after = -1; ;) {
			const ahead = (await nextPairs(inside, { evaluationId: id, after })).pairs.filter(
				({ position }) => position > after
			);
			if (ahead.length === 0) return;
			after = ahead.at(-1)!.position;
			for (const { ballotId, first, second } of ahead) {
				const two = [first, second].map((text) => text.split(' ')[0]).sort();
				if (!wanted(two.join(' '))) continue;
				await castVote(inside, { evaluationId: id, ballotId, choice: 'tie', clientId: randomUUID() });
			}
		}
	};
	await some((two) => two === 'Plain Trained');
	expect(await times()).toEqual([]);
	let left = 22;
	await some(() => left-- > 0);
	expect(await times()).toEqual([]);
	left = 1;
	await some(() => left-- > 0);
	expect(await times()).toEqual([1, 1, 1]);
});

test('a comparison that stands alone is no three-way, and one of another team is not there', async () => {
	const { id } = await answered(1);
	const other = await newContest(1);
	await expect(getThreeWay(await inProject(other.scope, other.slug), { evaluationId: id })).rejects.toThrow(
		'There is no such evaluation'
	);
	const inside = await inProject(other.scope, other.slug);
	const alone = await createEvaluation(inside, wish(other.run.id, 1));
	await expect(getThreeWay(inside, { evaluationId: alone.id })).rejects.toThrow('stands alone');
});
