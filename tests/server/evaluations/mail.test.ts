import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { points, range } from '../../../src/lib/core/evaluations/words.ts';
import { lookAtMails, stopMails, wishMails, getMailWishes } from '../../../src/lib/server/access/mail-wishes.ts';
import { type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { evaluationJobs } from '../../../src/lib/server/evaluations/jobs.ts';
import { getResults, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, mails, members, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, newScoring, voteAs } from '../../support/data/evaluation.ts';
import { newMailServer } from '../../support/servers/mail-server.ts';
import { owner } from '../../support/database/owner.ts';

let server: Awaited<ReturnType<typeof newMailServer>>;
beforeAll(async () => void (server = await newMailServer()));
beforeEach(() => {
	server.got.length = 0;
	server.refused.clear();
});
afterAll(async () => {
	await server.close();
	await closePools();
});

type Contest = Awaited<ReturnType<typeof newBallot>>;
const addressOf = async (person: Scope) =>
	(await owner`select email from people where id = ${person.userId}`)[0]!.email as string;
const wish = async (person: Scope, verdicts: boolean) =>
	wishMails({ person: { id: person.userId!, email: '', name: '' } }, { verdicts, runs: true });
const waiting = async ({ teamId }: { teamId: string }) =>
	(await owner`select data from pgboss.job where name = 'evaluation.tell' and data->>'teamId' = ${teamId}`).map(
		({ data }) => data.evaluationId as string
	);
/** As the worker does it. */
const work = async ({ teamId }: { teamId: string }, evaluationId: string) => {
	const system = scopeFor({ teamId, userId: null, role: 'owner', projectIds: 'all' });
	const { run } = evaluationJobs.find(({ name }) => name === 'evaluation.tell')!;
	await run(system, { evaluationId } as never, new AbortController().signal);
};
const reveal = async ({ scope, slug, id }: Contest) =>
	revealResults(await inProject(scope, slug), { evaluationId: id });
const receivers = () => server.got.map(({ to }) => to).sort();
const visitor = { browserToken: '', address: '127.0.0.1', requestId: randomUUID(), person: null };
const stopOf = (raw: string) => /List-Unsubscribe: <[^>]*\/account\/mails\/([^>]+)>/i.exec(raw)![1]!;

/** 20 prompts, 16 to 4, judged by the owner and by a trainer, a rater too; somebody else had no part. */
const judged = async () => {
	const contest = await newBallot(20);
	const [trainer, rater] = [await contest.as('trainer'), await contest.as('rater')];
	await contest.as('trainer');
	const decide = (place: number) => (place < 16 ? ('a' as const) : ('b' as const));
	await voteAs(contest.scope, contest.slug, contest.id, decide, 8);
	await voteAs(trainer, contest.slug, contest.id, decide, 8);
	await voteAs(rater, contest.slug, contest.id, decide, 4);
	return { ...contest, trainer, rater };
};

test('who began it or voted is told of the verdict in the words and numbers of its page, once', async () => {
	const contest = await judged();
	await reveal(contest);
	expect(await waiting(contest)).toEqual([contest.id]);
	await work(contest, contest.id);
	const to = [await addressOf(contest.scope), await addressOf(contest.trainer)].sort();
	expect(receivers()).toEqual(to);
	const found = await getResults(await inProject(contest.scope, contest.slug), {
		...{ evaluationId: contest.id, show: 'all', page: 1 }
	});
	const { verdict } = 'results' in found ? found.results : (undefined as never);
	expect(verdict.kind).toBe('ship-it');
	for (const { raw } of server.got) {
		expect(raw).toMatch(/^Subject: SHIP IT: a comparison on aitelier has its verdict\r$/m);
		expect(raw).toContain(verdict.sentence);
		const { netPreference, interval } = verdict;
		expect(raw).toContain(`Net preference ${points(netPreference!)} points, 95 % interval ${range(interval!)}.`);
		expect(raw).toMatch(new RegExp(`/${contest.slug}/eval/${contest.id}/results`));
		expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/im);
		expect(raw).toMatch(/^Message-ID: <[0-9a-f-]{36}@[^>]+>\r$/im);
		expect(raw).toContain('Stop these mails');
	}
	const mine = server.got.find(({ to }) => to === contest.owner.email)!;
	expect(mine.raw).toContain('because you started it');
	await work(contest, contest.id);
	await reveal(contest);
	await work(contest, contest.id);
	expect(server.got).toHaveLength(2);
});

test('two workers at once tell nobody twice', async () => {
	const contest = await judged();
	await reveal(contest);
	await Promise.all([work(contest, contest.id), work(contest, contest.id)]);
	expect(server.got).toHaveLength(2);
});

test('where a killed worker has left its place taken, the mails wait for it, and none is lost', async () => {
	const contest = await judged();
	await reveal(contest);
	await owner`delete from pgboss.job where name = 'evaluation.tell' and data->>'teamId' = ${contest.teamId}`;
	const place = `mails:verdict:${contest.id}:1`;
	await owner`select take_place(${place}, 1, 60)`;
	await work(contest, contest.id);
	expect([server.got.length, await waiting(contest)]).toEqual([0, [contest.id]]);
	await owner`select leave_place(${place}, 1)`;
	await work(contest, contest.id);
	expect(server.got).toHaveLength(2);
});

test('whoever may reveal is told that everything planned is judged, and nothing of how it stands', async () => {
	const contest = await judged();
	await wish(contest.rater, true);
	await work(contest, contest.id);
	expect(receivers()).toEqual([await addressOf(contest.scope), await addressOf(contest.trainer)].sort());
	for (const { raw } of server.got) {
		expect(raw).toMatch(/^Subject: A comparison on aitelier can be revealed\r$/m);
		expect(raw).toContain('All 20 prompts');
		expect(raw).not.toMatch(/SHIP|preference|interval|better/i);
	}
	// the verdict comes besides
	await reveal(contest);
	await work(contest, contest.id);
	expect(server.got).toHaveLength(5);
});

test('it is asked for when somebody looks for more after the last vote, and not before', async () => {
	const contest = await newBallot(3);
	const look = async () =>
		nextPairs(await inProject(contest.scope, contest.slug), { evaluationId: contest.id, after: -1 });
	await voteAs(contest.scope, contest.slug, contest.id, () => 'a', 2);
	await look();
	expect(await waiting(contest)).toEqual([]);
	// what hangs in the queue from elsewhere tells nothing either
	await work(contest, contest.id);
	expect(server.got).toEqual([]);
	await voteAs(contest.scope, contest.slug, contest.id, () => 'a', 1);
	await look();
	await look();
	expect(await waiting(contest)).toEqual([contest.id]);
});

test('a rater is told when they want it, by what raters may see, and only after the reveal', async () => {
	const contest = await judged();
	await wish(contest.rater, true);
	await wish(contest.scope, false);
	await reveal(contest);
	await work(contest, contest.id);
	const address = await addressOf(contest.rater);
	expect(receivers()).toEqual([address, await addressOf(contest.trainer)].sort());
	const { raw } = server.got.find(({ to }) => to === address)!;
	expect(raw).toContain('because you took part in it');
	for (const secret of [contest.run.model!, contest.run.modelObject!, contest.run.baseModel, 'zebra'])
		expect(raw).not.toContain(secret);
});

test('one whose mail is refused holds up none of the others, and is tried again alone', async () => {
	const contest = await judged();
	await reveal(contest);
	const [mine, trainers] = [await addressOf(contest.scope), await addressOf(contest.trainer)];
	server.refused.add(mine);
	await expect(work(contest, contest.id)).rejects.toMatchObject({ code: 'conflict' });
	expect(receivers()).toEqual([trainers]);
	server.refused.clear();
	await work(contest, contest.id);
	expect(receivers()).toEqual([mine, trainers].sort());
	const open = await contest.scope.tx((tx) => tx.select().from(mails).where(eq(mails.kind, 'verdict')));
	expect(open.every(({ sentAt }) => sentAt !== null)).toBe(true);
});

test('who has left, sees another project only, or is on their way out is not told', async () => {
	const contest = await judged();
	const ids = { ownTeam: contest.teamId, trainer: contest.trainer.userId!, rater: contest.rater.userId! };
	await wish(contest.rater, true);
	await reveal(contest);
	await owner`update members set project_ids = ${[randomUUID()]} where team_id = ${ids.ownTeam} and person_id = ${ids.trainer}`;
	await owner`delete from members where team_id = ${ids.ownTeam} and person_id = ${ids.rater}`;
	await owner`update people set deleted_at = now() where id = ${contest.scope.userId}`;
	await work(contest, contest.id);
	expect(server.got).toEqual([]);
	expect(await contest.scope.tx((tx) => tx.$count(members))).toBeGreaterThan(0);
});

test('a scoring has no verdict, and a project that was deleted meanwhile tells nothing', async () => {
	const scoring = await newScoring(2);
	await work(scoring, scoring.id);
	const contest = await judged();
	await reveal(contest);
	await owner`update projects set deleted_at = now() where id = ${contest.project.id}`;
	await work(contest, contest.id);
	expect(server.got).toEqual([]);
	expect(await contest.scope.tx((tx) => tx.$count(projects))).toBe(0);
});

test('the link of a mail stops such mails without signing in, and brings them back; a forged one does nothing', async () => {
	const contest = await judged();
	await reveal(contest);
	await work(contest, contest.id);
	const mine = server.got.find(({ to }) => to === contest.owner.email)!;
	const token = stopOf(mine.raw);
	expect(await lookAtMails(visitor, { token })).toEqual({ wish: 'verdicts', isWanted: true });
	await stopMails(visitor, { token, wanted: false });
	await stopMails(visitor, { token, wanted: false });
	const self = { person: { id: contest.scope.userId!, email: '', name: '' } };
	expect(await getMailWishes(self, {})).toEqual({ verdicts: false, runs: true });
	expect(await lookAtMails(visitor, { token })).toEqual({ wish: 'verdicts', isWanted: false });
	await stopMails(visitor, { token, wanted: true });
	expect(await getMailWishes(self, {})).toEqual({ verdicts: true, runs: true });

	const [of, , signed] = token.split('.');
	const forged = [
		`${of}.${contest.trainer.userId}.${signed}`,
		token.replace('verdicts', 'runs'),
		`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`,
		`${of}.${contest.scope.userId}.`,
		'',
		'x'
	];
	for (const wrong of forged) {
		expect(await lookAtMails(visitor, { token: wrong })).toBe(null);
		await expect(stopMails(visitor, { token: wrong, wanted: false }), wrong).rejects.toMatchObject({ code: 'gone' });
	}
	expect(await getMailWishes({ person: { id: contest.trainer.userId!, email: '', name: '' } }, {})).toEqual({
		verdicts: true,
		runs: true
	});
});

test('names that people have chosen lead nowhere in a mail', async () => {
	const contest = await judged();
	await owner`update people set name = 'win at https://evil.example/x' where id = ${contest.trainer.userId}`;
	await contest.scope.tx((tx) =>
		tx.update(projects).set({ name: 'Call +49 170 1234567 now' }).where(eq(projects.id, contest.project.id))
	);
	await reveal(contest);
	await work(contest, contest.id);
	expect(server.got).toHaveLength(2);
	for (const { raw } of server.got) expect(raw).not.toMatch(/evil\.example|1234567/);
	expect(
		await contest.scope.tx((tx) =>
			tx.$count(evaluations, and(eq(evaluations.id, contest.id), eq(evaluations.status, 'voting')))
		)
	).toBe(1);
});
