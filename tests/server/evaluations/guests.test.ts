import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Visitor } from '../../../src/lib/server/access/operation.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import {
	inviteGuests,
	listGuestLinks,
	restoreGuestLink,
	revokeGuestLink
} from '../../../src/lib/server/evaluations/guest-links.ts';
import {
	beginAsGuest,
	lookAsGuest,
	undoAsGuest,
	voteAsGuest
} from '../../../src/lib/server/evaluations/guest-votes.ts';
import { exportResults, getEvaluation, getResults, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, ballots, guestLinks, guests, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, newScoring, voteAs } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(async () => {
	await closePools();
});

const someone = (): Visitor => ({ browserToken: randomToken(), address: '127.0.0.1' });
const wished = { title: 'Which is better?', instructions: 'Read as a customer.', pairs: 4, guests: 3, days: 7 };

const contest = async (pairs = 6, write?: Parameters<typeof newBallot>[1]) => {
	const made = await newBallot(pairs, write);
	const inside = await inProject(made.scope, made.slug);
	const invite = (more: Partial<typeof wished> = {}) =>
		inviteGuests(inside, { evaluationId: made.id, ...wished, ...more });
	const links = () => listGuestLinks(inside, { evaluationId: made.id });
	return { ...made, inside, invite, links };
};
const pairOf = async (guest: Visitor, token: string) => (await lookAsGuest(guest, { token })).turn?.pair ?? null;
const say = (
	guest: Visitor,
	token: string,
	ballotId: string,
	choice: 'first' | 'second' | 'tie' | 'skip',
	clientId = randomUUID()
) => voteAsGuest(guest, { token, ballotId, choice, clientId });
/** Judges what is left, by who wrote it. */
const judgeAll = async (guest: Visitor, token: string, winner: 'Apple' | 'Beech') => {
	for (let pair = await pairOf(guest, token); pair; pair = await pairOf(guest, token))
		await say(guest, token, pair.ballotId, pair.first.startsWith(winner) ? 'first' : 'second');
};
const refusal = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing',
		({ code, message }: { code: string; message: string }) => ({ code, message })
	);

test('a guest judges their pairs blind, is told how far they are, and thanked at the end', async () => {
	const { scope, id, invite, inside } = await contest();
	const { token } = await invite();
	const guest = someone();
	expect(await lookAsGuest(guest, { token })).toEqual({
		...{ state: 'open', title: 'Which is better?', instructions: 'Read as a customer.', pairs: 4, turn: null }
	});
	await beginAsGuest(guest, { token });
	await beginAsGuest(guest, { token });
	const first = await lookAsGuest(guest, { token });
	expect(first.turn).toMatchObject({ judged: 0, total: 4, pair: { position: 0 } });
	expect([first.turn!.pair!.first, first.turn!.pair!.second].map((text) => text.slice(0, 5)).toSorted()).toEqual([
		'Apple',
		'Beech'
	]);
	// half of them have B first
	const own = await scope.tx((tx) => tx.select().from(ballots).where(eq(ballots.voter, 'guest')));
	expect(own.map(({ swapped }) => swapped).toSorted()).toEqual([false, false, true, true]);
	await judgeAll(guest, token, 'Apple');
	expect((await lookAsGuest(guest, { token })).turn).toEqual({ judged: 4, total: 4, pair: null });
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ judged: 0, voters: [], mine: 0 });
});

test('what a guest is told names no model, and the same for whoever wrote what', async () => {
	const { invite } = await contest(
		4,
		(letter, at) => `${at} I am ${letter === 'a' ? 'zebra-1' : 'sandbox-small'}, a model.`
	);
	const { token } = await invite();
	const guest = someone();
	await beginAsGuest(guest, { token });
	const said = JSON.stringify(await lookAsGuest(guest, { token }));
	for (const word of ['zebra', 'sandbox', 'v1', 'base', 'Team', 'swapped', 'contender', 'Be kind'])
		expect(said, word).not.toContain(word);
});

test('a click twice, a way back and an answer that was lost give one vote on a pair', async () => {
	const { scope, id, invite } = await contest();
	const { token } = await invite();
	const guest = someone();
	await beginAsGuest(guest, { token });
	const { ballotId } = (await pairOf(guest, token))!;
	const clientId = randomUUID();
	await Promise.all(Array.from({ length: 8 }, () => say(guest, token, ballotId, 'first', clientId)));
	await say(guest, token, ballotId, 'first', clientId);
	const rows = () => scope.tx((tx) => tx.select().from(votes).where(eq(votes.evaluationId, id)).orderBy(votes.seq));
	expect(await rows()).toHaveLength(1);
	// from the page before, another word: the last one stands
	await say(guest, token, ballotId, 'tie');
	expect((await rows()).map(({ choice }) => choice)).toEqual(['first', 'tie']);
	expect((await lookAsGuest(guest, { token })).turn).toMatchObject({ judged: 1, total: 4 });
	const undo = randomUUID();
	await undoAsGuest(guest, { token, clientId: undo });
	await undoAsGuest(guest, { token, clientId: undo });
	expect((await lookAsGuest(guest, { token })).turn).toMatchObject({ judged: 0, pair: { ballotId } });
	expect(await refusal(undoAsGuest(guest, { token, clientId: randomUUID() }))).toMatchObject({ code: 'not_found' });
});

test('no link has more guests than it may, whoever comes at once, and who has begun goes on', async () => {
	const { scope, invite, links } = await contest();
	const { token } = await invite({ guests: 3 });
	const all = Array.from({ length: 9 }, someone);
	const outcomes = await Promise.all(all.map((guest) => refusal(beginAsGuest(guest, { token }))));
	expect(outcomes.filter((one) => one === 'nothing')).toHaveLength(3);
	expect(outcomes).toContainEqual({ code: 'gone', message: expect.stringContaining('has places for') });
	expect(await scope.tx((tx) => tx.$count(guests))).toBe(3);
	expect((await lookAsGuest(someone(), { token })).state).toBe('full');
	await judgeAll(all[outcomes.indexOf('nothing')]!, token, 'Apple');
	expect(await links()).toMatchObject([{ used: 3, votes: 4, guests: 3, state: 'full' }]);
});

test('by another link of the same comparison the same device is the same guest, and judges no pair twice', async () => {
	const { scope, id, invite, links } = await contest();
	const [one, two] = [await invite(), await invite({ title: 'For the other half', pairs: 6 })];
	const guest = someone();
	await beginAsGuest(guest, { token: one.token });
	const { ballotId } = (await pairOf(guest, one.token))!;
	await say(guest, one.token, ballotId, 'first');
	expect((await lookAsGuest(guest, { token: two.token })).turn).toMatchObject({ judged: 1, total: 4 });
	await beginAsGuest(guest, { token: two.token });
	await judgeAll(guest, two.token, 'Apple');
	expect((await lookAsGuest(guest, { token: one.token })).turn).toEqual({ judged: 4, total: 4, pair: null });
	expect(await scope.tx((tx) => tx.$count(guests))).toBe(1);
	expect(await scope.tx((tx) => tx.$count(votes, eq(votes.evaluationId, id)))).toBe(4);
	expect((await links()).map(({ used }) => used).toSorted()).toEqual([0, 1]);
	// once begun by two at the same moment: the first is who they are
	await owner`insert into guests (team_id, project_id, evaluation_id, link_id, secret, created_at)
		select g.team_id, g.project_id, g.evaluation_id, l.id, g.secret, g.created_at + interval '1 ms'
		from guests g join guest_links l on l.team_id = g.team_id and l.evaluation_id = g.evaluation_id and l.id <> g.link_id
		where g.team_id = ${scope.teamId}`;
	expect((await lookAsGuest(guest, { token: two.token })).turn).toMatchObject({ judged: 4, total: 4 });
});

test('whoever is dealt nothing takes no place', async () => {
	const { invite, links } = await contest();
	const { token } = await invite();
	const [row] = await plainPool()`select begin_guest(${sha256(token)}, ${sha256('x')}, '{}', '{}') as begun`;
	expect(row).toEqual({ begun: false });
	expect(await links()).toMatchObject([{ used: 0 }]);
});

test('pairs are dealt so that each has as many guests as another', async () => {
	const { scope, invite } = await contest();
	const { token } = await invite({ guests: 3 });
	for (const guest of Array.from({ length: 3 }, someone)) await beginAsGuest(guest, { token });
	const dealt = await scope.tx((tx) => tx.select().from(ballots));
	const counts = [...Map.groupBy(dealt, ({ pairingId }) => pairingId).values()].map(({ length }) => length);
	expect(counts).toEqual([2, 2, 2, 2, 2, 2]);
});

test('a link that was ended, is over or whose vote is takes nothing more, and says so', async () => {
	const { id, inside, slug, scope, invite, links } = await contest();
	const { id: linkId, token } = await invite();
	const guest = someone();
	await beginAsGuest(guest, { token });
	const { ballotId } = (await pairOf(guest, token))!;
	await revokeGuestLink(inside, { evaluationId: id, linkId });
	await revokeGuestLink(inside, { evaluationId: id, linkId });
	expect(await lookAsGuest(guest, { token })).toMatchObject({ state: 'revoked', turn: { pair: null } });
	expect(await refusal(say(guest, token, ballotId, 'first'))).toMatchObject({
		code: 'gone',
		message: expect.stringContaining('taken back')
	});
	expect(await refusal(beginAsGuest(someone(), { token }))).toMatchObject({ code: 'gone' });
	await restoreGuestLink(inside, { evaluationId: id, linkId });
	await say(guest, token, ballotId, 'first');
	expect(await links()).toMatchObject([{ state: 'open', votes: 1 }]);

	await rewriteHistory('guest_links', (sql) => sql`update guest_links set expires_at = now() where id = ${linkId}`);
	expect(await refusal(say(guest, token, ballotId, 'tie'))).toMatchObject({
		code: 'gone',
		message: expect.stringContaining('time')
	});
	await rewriteHistory(
		'guest_links',
		(sql) => sql`update guest_links set expires_at = 'infinity' where id = ${linkId}`
	);

	await voteAs(scope, slug, id, () => 'a');
	await revealResults(inside, { evaluationId: id });
	expect(await refusal(say(guest, token, ballotId, 'tie'))).toMatchObject({
		code: 'gone',
		message: expect.stringContaining('results are known')
	});
	expect(await refusal(invite())).toMatchObject({ code: 'conflict' });
	expect(await scope.tx((tx) => tx.$count(votes, eq(votes.voter, 'guest')))).toBe(1);
});

test('whoever begins in the moment of the reveal is told that the vote is over', async () => {
	const { id, invite, links } = await contest();
	const { token } = await invite();
	let begun: ReturnType<typeof refusal> | undefined;
	await owner.begin(async (sql) => {
		await sql`select from evaluations where id = ${id} for update`;
		begun = refusal(beginAsGuest(someone(), { token }));
		const isWaiting = async () =>
			(await sql`select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))`).length > 0;
		await vi.waitUntil(isWaiting, { timeout: 10_000 });
		await sql`update evaluations set revealed_at = now() where id = ${id}`;
	});
	expect(await begun).toMatchObject({ code: 'gone', message: expect.stringContaining('results are known') });
	expect(await links()).toMatchObject([{ state: 'closed', used: 0 }]);
});

test('guests are told apart in the results and the file, and are in no verdict', async () => {
	const { id, inside, slug, scope, invite } = await contest(12);
	const { token } = await invite({ pairs: 12, guests: 2 });
	const [one, other] = [someone(), someone()];
	for (const guest of [one, other]) await beginAsGuest(guest, { token });
	await judgeAll(one, token, 'Beech');
	await judgeAll(other, token, 'Beech');
	await voteAs(scope, slug, id, () => 'a');
	await revealResults(inside, { evaluationId: id });
	const found = await getResults(inside, { evaluationId: id, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('locked');
	expect(found.results).toMatchObject({
		counts: { wins: 12, losses: 0 },
		scriptVotes: null,
		guestVotes: { votes: 24, pairs: 12, guests: 2, netPreference: -1 },
		verdict: { kind: 'ship-it' }
	});
	for (const { votes: said } of found.results.rows.list) expect(said).toHaveLength(1);
	let file = '';
	for await (const piece of (await exportResults(inside, { evaluationId: id, format: 'json' })).pieces) file += piece;
	expect(JSON.parse(file).guestVotes).toMatchObject({ votes: 24, guests: 2 });
});

test('what guests say deals nobody else anything, and takes nothing from anybody', async () => {
	const { id, inside, invite } = await contest(4);
	const { token } = await invite();
	const guest = someone();
	await beginAsGuest(guest, { token });
	await judgeAll(guest, token, 'Apple');
	expect(await nextPairs(inside, { evaluationId: id, after: -1 })).toMatchObject({
		state: 'open',
		judged: 0,
		complete: false
	});
});

describe('nobody else', () => {
	test('a guest has their own ballots alone: neither another guest’s nor those of a person, nor of another comparison', async () => {
		const [here, there] = [await contest(), await contest()];
		const [mine, theirs] = [await here.invite(), await there.invite()];
		const [guest, other] = [someone(), someone()];
		await beginAsGuest(guest, { token: mine.token });
		await beginAsGuest(other, { token: mine.token });
		await beginAsGuest(other, { token: theirs.token });
		const { pairs } = await nextPairs(here.inside, { evaluationId: here.id, after: -1 });
		const foreign = [
			(await pairOf(other, mine.token))!.ballotId,
			(await pairOf(other, theirs.token))!.ballotId,
			pairs[0]!.ballotId,
			randomUUID()
		];
		for (const ballotId of foreign)
			expect(await refusal(say(guest, mine.token, ballotId, 'first'))).toMatchObject({ code: 'not_found' });
		// of another comparison one is nobody, and without having begun as well
		expect((await lookAsGuest(guest, { token: theirs.token })).turn).toBeNull();
		expect((await lookAsGuest({ ...guest, browserToken: undefined }, { token: mine.token })).turn).toBeNull();
		const own = (await pairOf(guest, mine.token))!.ballotId;
		for (const token of [theirs.token, 'nothing'])
			expect(await refusal(say(guest, token, own, 'first'))).toMatchObject({ code: 'not_found' });
		expect(
			await refusal(
				castVote(here.inside, { evaluationId: here.id, ballotId: own, choice: 'first', clientId: randomUUID() })
			)
		).toMatchObject({ code: 'not_found' });
		expect(await here.scope.tx((tx) => tx.$count(votes))).toBe(0);
	});

	test('whoever serves writes no guest and no word of one, and stands in nobody’s place', async () => {
		const { scope, id, project, invite } = await contest();
		const { token } = await invite();
		const guest = someone();
		await beginAsGuest(guest, { token });
		const [ballot] = await scope.tx((tx) => tx.select().from(ballots));
		const code = (work: Promise<unknown>) =>
			work.then(
				() => 'nothing',
				(problem: { code: string }) => problem.code
			);
		const vote = (voter: string, person: string) =>
			code(
				raw(
					scope,
					(
						sql
					) => sql`insert into votes (project_id, evaluation_id, pairing_id, ballot_id, person_id, voter, choice, client_id)
				values (${project.id}, ${id}, ${ballot!.pairingId}, ${ballot!.id}, ${person}, ${voter}, 'tie', ${randomUUID()})`
				)
			);
		expect(await vote('guest', ballot!.personId)).toBe('42501');
		expect(await vote('person', ballot!.personId)).toBe('42501');
		expect(await vote('person', scope.userId!)).toBe('23503');
		const link = await scope.tx((tx) => tx.select().from(guestLinks));
		expect(
			await code(
				raw(
					scope,
					(sql) => sql`insert into guests (project_id, evaluation_id, link_id, secret)
			values (${project.id}, ${id}, ${link[0]!.id}, 'x')`
				)
			)
		).toBe('42501');
		// the link is known by its hash alone
		expect(link[0]!.hash.equals(sha256(token))).toBe(true);
		expect(JSON.stringify(link)).not.toContain(token);
	});

	test('a deleted project, or team, has no link', async () => {
		const { project, teamId, invite } = await contest();
		const { token } = await invite();
		await owner`update projects set deleted_at = now() where id = ${project.id}`;
		expect(await refusal(lookAsGuest(someone(), { token }))).toMatchObject({ code: 'not_found' });
		await owner`update projects set deleted_at = null where id = ${project.id}`;
		expect((await lookAsGuest(someone(), { token })).state).toBe('open');
		await owner`update teams set deleted_at = now() where id = ${teamId}`;
		expect(await refusal(lookAsGuest(someone(), { token }))).toMatchObject({ code: 'not_found' });
	});

	test('a scoring has no guests, and a link of another project is not found', async () => {
		const scoring = await newScoring(2);
		expect(await refusal(inviteGuests(scoring.voter, { evaluationId: scoring.id, ...wished }))).toMatchObject({
			code: 'conflict'
		});
		const { id, invite } = await contest();
		const { id: linkId } = await invite();
		expect(await refusal(revokeGuestLink(scoring.voter, { evaluationId: id, linkId }))).toMatchObject({
			code: 'not_found'
		});
		expect(await plainPool()`select * from guest_link(${sha256('none')})`).toHaveLength(0);
		expect((await newTeam()).teamId).toBeDefined();
	});
});

test('who made a link, ended it and opened it again is written down, without its token', async () => {
	const { id, scope, inside, invite } = await contest();
	const { id: linkId, token } = await invite();
	await revokeGuestLink(inside, { evaluationId: id, linkId });
	await restoreGuestLink(inside, { evaluationId: id, linkId });
	const rows = await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));
	expect(rows.map(({ action }) => action)).toEqual(
		expect.arrayContaining(['guests.invited', 'guests.revoked', 'guests.restored'])
	);
	expect(JSON.stringify(rows)).not.toContain(token);
});
