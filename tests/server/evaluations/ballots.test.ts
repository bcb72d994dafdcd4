import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { balancedSides, orderOf } from '../../../src/lib/core/evaluations/ballots.ts';
import { config } from '../../../src/lib/server/platform/config.ts';
import { type Keks, keyedDigest } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { ballots, evaluations, outputs, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { castVote, createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { newBallot, newContest, voteAs, wish } from '../../support/data/evaluation.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const look = async (person: Scope, slug: string, evaluationId: string, { after = -1 } = {}) =>
	nextPairs(await inProject(person, slug), { evaluationId, after });

const tells = (letter: 'a' | 'b', position: number) =>
	letter === 'a'
		? `As zebra-1 by OpenAI I say ${position}. My name is ana/sandbox-small:zebra-1.`
		: `I am sandbox-small, like Llama3, and say ${position}.`;

test('the payload names nobody and has nothing that could', async () => {
	const { scope, as, slug, id, run } = await newBallot(12, tells);
	for (const voter of [scope, await as('trainer'), await as('rater')]) {
		const queue = await look(voter, slug, id);
		expect(Object.keys(queue).sort()).toEqual([
			'complete',
			'judged',
			'pairs',
			'repeats',
			'skipped',
			'state',
			'threeWay',
			'total'
		]);
		for (const pair of queue.pairs) {
			expect(Object.keys(pair).sort()).toEqual(['ballotId', 'first', 'position', 'prompt', 'second']);
		}
		const payload = JSON.stringify(queue);
		const secrets = [
			run.id,
			run.model!,
			run.modelObject!,
			run.mark,
			run.baseModel,
			'zebra',
			'openai',
			'llama',
			'swapped',
			'contender'
		];
		for (const secret of [...secrets, 'v1', 'base', 'reference', 'The answer to']) {
			expect(payload.toLowerCase(), secret).not.toContain(secret.toLowerCase());
		}
	}
});

test('in every block of four exactly half are swapped, for each person, in an order of their own', async () => {
	const { scope, as, slug, id } = await newBallot(36);
	const people = [scope, await as('rater'), await as('rater')];
	const orders: string[] = [];
	for (const person of people) {
		await voteAs(person, slug, id, () => 'tie');
		const drawn = await scope.tx((tx) =>
			tx.select().from(ballots).where(eq(ballots.personId, person.userId!)).orderBy(ballots.position)
		);
		expect(drawn.map((ballot) => ballot.position)).toEqual(Array.from({ length: 36 }, (_, i) => i));
		expect(new Set(drawn.map((ballot) => ballot.pairingId)).size).toBe(36);
		for (let block = 0; block < 36; block += 4) {
			expect(drawn.slice(block, block + 4).filter((ballot) => ballot.swapped)).toHaveLength(2);
		}
		orders.push(drawn.map((ballot) => `${ballot.pairingId}${ballot.swapped}`).join());
	}
	expect(new Set(orders).size).toBe(3);
});

test('the side of the payload is the side that was stored', async () => {
	const { scope, slug, id } = await newBallot(8);
	const { pairs } = await look(scope, slug, id);
	const stored = await scope.tx((tx) => tx.select().from(ballots));
	expect(pairs).toHaveLength(5);
	for (const pair of pairs) {
		const { swapped } = stored.find((ballot) => ballot.id === pair.ballotId)!;
		expect(pair.first.startsWith('Apple')).toBe(!swapped);
		expect(pair.second.startsWith('Apple')).toBe(swapped);
	}
});

test('ballots are dealt once, also to two tabs that open together, and no more than are needed', async () => {
	const { scope, slug, id } = await newBallot(40);
	const [one, two] = await Promise.all([look(scope, slug, id), look(scope, slug, id)]);
	const three = await look(scope, slug, id);
	expect(one).toEqual(two);
	expect(one).toEqual(three);
	expect(await scope.tx((tx) => tx.$count(ballots))).toBe(8);
});

test('prompts are dealt out: two people who share the work judge each prompt once, whoever does how much', async () => {
	const { scope, as, slug, id } = await newBallot(20);
	const rater = await as('rater');
	await voteAs(scope, slug, id, () => 'a', 7);
	await voteAs(rater, slug, id, () => 'a', 9);
	const seen = async () =>
		(await scope.tx((tx) => tx.select().from(votes))).map(({ pairingId, personId }) => ({ pairingId, personId }));
	expect(new Set((await seen()).map(({ pairingId }) => pairingId)).size).toBe(16);
	await voteAs(scope, slug, id, () => 'a', 4);
	expect(new Set((await seen()).map(({ pairingId }) => pairingId)).size).toBe(20);
	expect(await look(rater, slug, id)).toMatchObject({ state: 'open', complete: true, judged: 9, total: 20 });
});

test('each prompt gets its votes from different people, and what one leaves lying another gets', async () => {
	const { scope, as, slug, id } = await newBallot(6, undefined, { votes: 2 });
	const [two, three] = [await as('rater'), await as('rater')];
	await look(three, slug, id); // deals ballots, and goes
	await voteAs(scope, slug, id, () => 'a');
	expect(await look(two, slug, id)).toMatchObject({ complete: false });
	await voteAs(two, slug, id, () => 'b', 6);
	const given = await scope.tx((tx) => tx.select().from(votes));
	const byPairing = Map.groupBy(given, ({ pairingId }) => pairingId);
	expect([...byPairing.values()].map((list) => new Set(list.map(({ personId }) => personId)).size)).toEqual(
		new Array(6).fill(2)
	);
	expect(await look(three, slug, id)).toMatchObject({ complete: true });
});

test('what lacks votes comes before what only shows agreement, also among ballots that were dealt before', async () => {
	const { scope, as, slug, id } = await newBallot(9);
	const rater = await as('rater');
	const before = await look(rater, slug, id);
	await voteAs(scope, slug, id, () => 'a', 5);
	const has = new Set((await scope.tx((tx) => tx.select().from(votes))).map(({ pairingId }) => pairingId));
	const next = await look(rater, slug, id);
	const drawn = await scope.tx((tx) => tx.select().from(ballots).where(eq(ballots.personId, rater.userId!)));
	const isServed = (ballotId: string) => has.has(drawn.find((ballot) => ballot.id === ballotId)!.pairingId);
	expect(before.pairs).toHaveLength(5);
	expect(next.pairs.slice(0, 4).map(({ ballotId }) => isServed(ballotId))).toEqual([false, false, false, false]);
	expect(next.pairs.slice(4).map(({ ballotId }) => isServed(ballotId))).toEqual([true]);
});

test('what was skipped comes back after the rest', async () => {
	const { scope, slug, id } = await newBallot(7);
	const first = await look(scope, slug, id);
	expect(first.pairs.map((pair) => pair.position)).toEqual([0, 1, 2, 3, 4]);
	const next = await look(scope, slug, id, { after: 4 });
	expect(next.pairs.map((pair) => pair.position)).toEqual([5, 6, 0, 1, 2]);
	await castVote(await inProject(scope, slug), {
		evaluationId: id,
		ballotId: first.pairs[0]!.ballotId,
		choice: 'tie',
		clientId: randomUUID()
	});
	const rest = await look(scope, slug, id, { after: 6 });
	expect(rest).toMatchObject({ state: 'open', judged: 1, total: 7 });
	expect(rest.pairs.map((pair) => pair.position)).toEqual([1, 2, 3, 4, 5]);
});

test('while the answers are written there is nothing to see and nothing is drawn', async () => {
	const { scope, slug, run } = await newContest(3);
	const { id } = await createEvaluation(await inProject(scope, slug), wish(run.id, 3));
	expect(await look(scope, slug, id)).toEqual({
		state: 'waiting',
		judged: 0,
		skipped: 0,
		total: 3,
		repeats: 0,
		threeWay: false,
		complete: false,
		pairs: []
	});
	expect(await scope.tx((tx) => tx.$count(ballots))).toBe(0);
});

test('a stranger, a member limited to another project and a job that is nobody see no pairs', async () => {
	const { scope, as, slug, id, teamId } = await newBallot(3);
	const stranger = await newTeam();
	await expect(look(stranger.scope, slug, id)).rejects.toMatchObject({ code: 'not_found' });
	await expect(look(await as('rater', [randomUUID()]), slug, id)).rejects.toMatchObject({ code: 'not_found' });
	const { project } = await inProject(scope, slug);
	await expect(nextPairs({ ...stranger.scope, project }, { evaluationId: id, after: -1 })).rejects.toMatchObject({
		code: 'not_found'
	});
	await expect(look(scope, slug, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
	const nobody = scopeFor({ teamId, userId: null, role: 'trainer', projectIds: 'all' });
	await expect(look(nobody, slug, id)).rejects.toThrow('Only a person or a key can vote');
	expect(await scope.tx((tx) => tx.$count(ballots))).toBe(0);
});

test('nobody draws ballots in the name of somebody else', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	const [rater, other] = [await as('rater'), await as('rater')];
	await expect(look({ ...rater, voterId: other.userId }, slug, id)).rejects.toThrow();
	expect(await scope.tx((tx) => tx.$count(ballots))).toBe(0);
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(6);
	expect((await scope.tx((tx) => tx.select().from(evaluations)))[0]!.status).toBe('voting');
});

test('sides and order follow from a key that only the server can make, not from anything stored', async () => {
	const { scope, slug, id } = await newBallot(36);
	await voteAs(scope, slug, id, () => 'tie');
	const drawn = await scope.tx((tx) => tx.select().from(ballots).orderBy(ballots.position));
	const [evaluation] = await scope.tx((tx) => tx.select().from(evaluations));
	const keyed = (keks: Keks) => keyedDigest(keks, 'ballots', `${id}:${scope.userId}`);
	const sides = drawn.map(({ swapped }) => swapped);
	const order = drawn.map(({ pairingId }) => pairingId);
	const blocks = Array.from({ length: 9 }, (_, i) => 4 * i);
	const drawnBy = (seed: string) => [
		blocks.flatMap((from) => balancedSides({ seed: `${seed}:${from}`, count: 4 })),
		orderOf(order, seed)
	];
	expect(drawnBy(keyed(config().keks))).toEqual([sides, order]);
	const other = [{ id: 'other', key: Buffer.alloc(32, 8) }];
	for (const seed of [`${evaluation!.seed}:${scope.userId}`, `${id}:${scope.userId}`, keyed(other)]) {
		const [otherSides, otherOrder] = drawnBy(seed);
		expect(otherSides).not.toEqual(sides);
		expect(otherOrder).not.toEqual(order);
	}
	expect(keyed(config().keks)).toMatch(/^[0-9a-f]{64}$/);
	expect(keyedDigest(config().keks, 'another purpose', `${id}:${scope.userId}`)).not.toBe(keyed(config().keks));
});

test('what a model thinks aloud is not shown; an answer of nothing else is empty', async () => {
	const { scope, slug, id } = await newBallot(2, (letter, position) => {
		if (letter === 'b') return `Beech ${position}`;
		return position === 0 ? '<think>A secret plan.</think>\n\nApple 0' : '<think>A secret plan without an end';
	});
	const { pairs } = await look(scope, slug, id);
	expect(JSON.stringify(pairs)).not.toMatch(/secret|think/);
	const shown = pairs.map(({ first, second }) => [first, second].sort());
	expect(shown.toSorted()).toEqual([
		['', 'Beech 1'],
		['Apple 0', 'Beech 0']
	]);
});
