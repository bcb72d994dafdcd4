// What people and scripts do once a second, by what it asks of the database: statements, and how often somebody waits for an answer.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Choice } from '../../src/lib/core/evaluations/ballots.ts';
import { enterBy, returnBy } from '../../src/lib/server/access/entrance.ts';
import { byKey } from '../../src/lib/server/access/keys.ts';
import { type Membership, membershipsOf } from '../../src/lib/server/access/memberships.ts';
import { type ProjectScope, scopeFor } from '../../src/lib/server/access/scope.ts';
import { currentSession, returningSession, startSession } from '../../src/lib/server/access/sessions.ts';
import { castVote } from '../../src/lib/server/evaluations/commands.ts';
import { nextPairs } from '../../src/lib/server/evaluations/queries.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { getFrame } from '../../src/lib/server/project/queries.ts';
import { getExample, listExamples } from '../../src/lib/server/examples/queries.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { nextCards } from '../../src/lib/server/ratings/queries.ts';
import { askedBy } from '../support/servers/counted-socket.ts';
import { newCookies } from '../support/data/cookies.ts';
import { newBallot } from '../support/data/evaluation.ts';

vi.mock('../../src/lib/server/platform/db/prompt-socket.ts', async (original) => {
	const { promptSocket } = await original<typeof import('../../src/lib/server/platform/db/prompt-socket.ts')>();
	const { counted } = await import('../support/servers/counted-socket.ts');
	return { promptSocket: async (...values: Parameters<typeof promptSocket>) => counted(await promptSocket(...values)) };
});
// a notice to pages may fall into any moment
vi.mock('../../src/lib/server/events/relay.ts', () => ({ tellPages: () => {}, linkEntries: () => {} }));

afterAll(() => closePools());

let contest: Awaited<ReturnType<typeof newBallot>>;
let team: string;
const browser = newCookies();
const enter = () => currentSession(browser.jar, { team, project: contest.slug });
/** As hooks make it. */
const arrive = async (role: 'rater' | 'trainer') => {
	const { userId } = await contest.as(role);
	await startSession(browser.jar, userId, '');
	const { session, entry } = (await enter())!;
	const { id: teamId, projectIds } = entry!.membership!;
	const authority = { personId: userId, sessionHandle: session.handle };
	return { ...scopeFor({ teamId, userId, role, projectIds, authority }), project: entry!.project! };
};

beforeAll(async () => {
	contest = await newBallot(6);
	[{ slug: team }] = (await membershipsOf(contest.owner.id)) as [Membership];
});

test('whose session it is and what they find at the address is one question', async () => {
	await arrive('rater');
	expect(await askedBy(enter)).toEqual({ statements: 1, trips: 1 });
});

test('who rates again is not looked up before they do', async () => {
	await arrive('rater');
	const comeBack = async () => {
		const { again } = await returningSession(browser.jar, { team, project: contest.slug });
		return again;
	};
	expect(await askedBy(comeBack)).toEqual({ statements: 1, trips: 1 });
	expect(await askedBy(comeBack)).toEqual({ statements: 0, trips: 0 });
	const again = await comeBack();
	expect(await askedBy(again!)).toEqual({ statements: 1, trips: 1 });
});

// the rights of whoever acts, the deed and what is written of it: one statement, which is a transaction by itself
const alone = { statements: 1, trips: 1 };

test('a rating, with all that a page says of it', async () => {
	const rater = await arrive('rater');
	const [first, ...others] = contest.exampleIds;
	const rate = (exampleId: string, saw: number | null, score: number | null) =>
		rateExample(rater, { exampleId, score, text: '', saw, clientId: randomUUID() });
	await rate(first!, null, 8); // each connection learns a statement once
	for (const id of others) expect(await askedBy(() => rate(id, null, 7))).toEqual(alone);
	expect(await askedBy(() => rate(first!, 8, 3))).toEqual(alone);
	expect(await askedBy(() => rate(first!, 3, null))).toEqual(alone);
	// and one that is refused is not asked about anew
	expect(await askedBy(() => expect(rate(first!, 9, 1)).rejects.toMatchObject({ code: 'changed' }))).toEqual(alone);
});

test('a vote, with all that a page says of it', async () => {
	const rater = await arrive('rater');
	const { pairs } = await nextPairs(rater, { evaluationId: contest.id, after: -1 });
	const vote = (ballotId: string, saw: Choice | null, choice: Choice | null, clientId = randomUUID()) =>
		castVote(rater, { evaluationId: contest.id, ballotId, choice, saw, clientId });
	const [first, second, third] = pairs.map(({ ballotId }) => ballotId);
	await vote(first!, null, 'first');
	expect(await askedBy(() => vote(second!, null, 'tie'))).toEqual(alone);
	expect(await askedBy(() => vote(second!, 'tie', null))).toEqual(alone);
	const sent = randomUUID();
	for (let times = 0; times < 2; times++)
		expect(await askedBy(() => vote(third!, null, 'second', sent))).toEqual(alone);
});

test('an example, and a page of a list, by a key that was here before', async () => {
	const { key } = await createKey(contest.scope, { name: 'Night', role: 'trainer', projectIds: null, days: 90 });
	const request = { id: randomUUID(), address: '192.0.2.1', transactions: 0 };
	const limit = { most: 1_000, perSeconds: 60 };
	await enterBy(byKey)(key, contest.slug, request, limit);
	const lookBy = (read: (scope: ProjectScope) => Promise<unknown>) => async () => {
		const { holder, confirm } = returnBy(byKey)(key, contest.slug, request, limit)!;
		await read({ ...holder.scope, project: holder.project! });
		expect(await confirm()).toMatchObject({ requests: { refused: false } });
	};
	const look = lookBy((scope) => getExample(scope, { exampleId: contest.exampleIds[0]! }));
	const walk = lookBy((scope) => listExamples(scope, { before: 4, limit: 2 }));
	await look();
	await walk();
	expect(await askedBy(walk)).toEqual({ statements: 5, trips: 1 });
	// begin with the rights of the key, the example with its history, a request out of the bucket, and the commit
	expect(await askedBy(look)).toEqual({ statements: 5, trips: 1 });
});

test.each(['rater', 'trainer'] as const)('the next cards for a %s', async (role) => {
	const scope = await arrive(role);
	const next = (seen: string[]) => nextCards(scope, { filter: 'unrated', sort: 'newest', seed: 1, seen });
	const some = contest.exampleIds.slice(0, 2);
	for (const seen of [[], some]) await next(seen);
	expect(await askedBy(() => next([]))).toEqual({ statements: 5, trips: 1 });
	// how many of those that were seen are still open
	expect(await askedBy(() => next(some))).toEqual({ statements: 6, trips: 1 });
});

test.each(['rater', 'trainer'] as const)('what stands around a page of a %s', async (role) => {
	const scope = await arrive(role);
	const frame = () => getFrame(scope, { projectId: scope.project.id });
	await frame();
	expect(await askedBy(frame)).toEqual({ statements: 5, trips: 2 });
});
