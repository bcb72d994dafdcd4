// Which of the scores that somebody gave counts. Of the database (drizzle/functions/ratings.sql): own_score, settle_rating, count_ratings.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Given, countingScore, ratingOf } from '../../../src/lib/core/ratings/counting.ts';
import { markOf } from '../../../src/lib/server/access/own-scores.ts';
import { type ProjectScope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { addExample, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { countExamples, getExample, listExamples } from '../../../src/lib/server/examples/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples, ratings, rewrites } from '../../../src/lib/server/platform/db/schema.ts';
import { getFrame } from '../../../src/lib/server/project/queries.ts';
import { rateExample, rewriteExample, undoRewrite } from '../../../src/lib/server/ratings/commands.ts';
import { getCard, nextCards, recentRatings } from '../../../src/lib/server/ratings/queries.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const start = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const owner = await inProject(team.scope, 'support');
	const as = async (role: 'rater' | 'trainer') => inProject(await team.as(role), 'support');
	const messages = [
		{ role: 'user' as const, content: 'Do you ship to Norway?' },
		{ role: 'assistant' as const, content: 'Yes.' }
	];
	const { id } = await addExample(owner, { messages, rating: null });
	return { ...team, owner, as, id };
};
const rate = (who: ProjectScope, exampleId: string, score: number | null, text?: string) =>
	rateExample(who, { exampleId, score, clientId: randomUUID(), ...(text !== undefined && { text }) });
const rewrite = async (who: ProjectScope, exampleId: string, output: string, score = 9) => {
	const clientId = randomUUID();
	await rewriteExample(who, { exampleId, output, score, clientId });
	return clientId;
};
const undo = (who: ProjectScope, exampleId: string, rewriteId: string) =>
	undoRewrite(who, { exampleId, rewrite: rewriteId, clientId: randomUUID() });
const rowOf = async (who: ProjectScope, id: string) =>
	(await who.tx((tx) => tx.select().from(examples).where(eq(examples.id, id))))[0]!;
const derived = async (who: ProjectScope, id: string) => {
	const { rating, ratingsCount } = await rowOf(who, id);
	return [rating === null ? null : Math.fround(rating), ratingsCount];
};

describe('a rating belongs to the text it was given for', () => {
	test('two 10s and a rewrite to “asdf” train nothing', async () => {
		const { owner, as, id } = await start();
		await rate(owner, id, 10);
		await rate(await as('trainer'), id, 10);
		await rewrite(await as('rater'), id, 'asdf', 1);
		expect(await derived(owner, id)).toEqual([1, 1]);
		expect(await countExamples(owner)).toMatchObject({ quality: 0, bad: 1, great: 0 });
		const { ratings: history } = await getExample(owner, { exampleId: id });
		expect(history.map(({ score, earlier }) => [score, earlier])).toEqual([
			[1, false],
			[10, true],
			[10, true]
		]);
	});

	test('when the rewrite is taken back, the scores of before count again', async () => {
		const { owner, as, id } = await start();
		const trainer = await as('trainer');
		await rate(owner, id, 10);
		const one = await rewrite(trainer, id, 'Better.', 8);
		const two = await rewrite(trainer, id, 'Best.', 9);
		await rate(owner, id, 3);
		expect(await derived(owner, id)).toEqual([6, 2]);
		await undo(trainer, id, two);
		expect(await derived(owner, id)).toEqual([8, 1]);
		await undo(trainer, id, one);
		expect(await derived(owner, id)).toEqual([10, 1]);
		await rewrite(trainer, id, 'Best.', 7);
		expect(await derived(owner, id)).toEqual([5, 2]);
	});

	test('a rewrite that comes while somebody reads is not rated unread', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		const read = await getCard(rater, { id });
		await rewrite(owner, id, 'asdf', 2);
		expect(await rate(rater, id, 10, read.text)).toEqual({ id, score: null });
		expect(await derived(owner, id)).toEqual([2, 1]);
		const again = await getCard(rater, { id });
		expect(again).toMatchObject({ output: 'asdf', ownScore: null });
		expect(await rate(rater, id, 4, again.text)).toEqual({ id, score: 4 });
		expect(await derived(owner, id)).toEqual([3, 2]);
	});

	test('a text that never stood is refused, and without one the text as it is counts', async () => {
		const { owner, id } = await start();
		await rewrite(owner, id, 'Better.', 8);
		const never = { code: 'invalid' };
		await expect(rate(owner, id, 5, markOf('Never there').toString('hex'))).rejects.toMatchObject(never);
		const messages = [
			{ role: 'user' as const, content: 'And to Chile?' },
			{ role: 'assistant' as const, content: 'Yes.' }
		];
		const other = await addExample(owner, { messages, rating: null });
		await rewrite(owner, other.id, 'Elsewhere.');
		await expect(rate(owner, id, 5, markOf('Elsewhere.').toString('hex'))).rejects.toMatchObject(never);
		await rewrite(owner, id, 'Even better.', 8);
		// one that stood may have been read a moment ago
		await rate(owner, id, 5, markOf('Better.').toString('hex'));
		await rate(owner, id, 6);
		expect(await derived(owner, id)).toEqual([6, 1]);
		const row = { projectId: owner.project.id, exampleId: id, personId: owner.userId!, clientId: randomUUID() };
		await owner.tx((tx) => tx.insert(ratings).values({ ...row, score: 7 }));
		expect(await derived(owner, id)).toEqual([7, 1]);
	});

	test('a rewritten example comes to a rater again, and their old score is in nothing of theirs', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(rater, id, 9);
		const waiting = async () => (await nextCards(rater, { filter: 'unrated', sort: 'newest', seed: 1, seen: [] })).left;
		expect([await waiting(), (await recentRatings(rater)).length]).toEqual([0, 1]);
		await rewrite(owner, id, 'Better.');
		expect([await waiting(), (await recentRatings(rater)).length]).toEqual([1, 0]);
		expect((await listExamples(rater, {})).rows[0]).toMatchObject({ rating: null, ratingsCount: 0 });
		expect(await getFrame(rater, { projectId: rater.project.id })).toMatchObject({ unrated: 1 });
	});

	test('the score of an import is of the rewrite that comes with it', async () => {
		const { owner } = await start();
		const line = {
			messages: [
				{ role: 'user', content: 'Open?' },
				{ role: 'assistant', content: 'No.' }
			],
			rewrite: 'Yes.',
			rating: 9
		};
		await importExamples(owner, { fileName: 'a.jsonl', lines: [{ number: 1, text: JSON.stringify(line) }] });
		expect((await listExamples(owner, {})).rows[0]).toMatchObject({ output: 'Yes.', rating: 9, ratingsCount: 1 });
	});
});

describe('the score given before others’ were seen counts', () => {
	const look = (who: ProjectScope, exampleId: string) => getExample(who, { exampleId });

	test('rating, reading the other’s score and rating again changes nothing', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(owner, id, 10);
		await rate(rater, id, 2);
		expect(await look(rater, id)).toMatchObject({ rating: 6, ratingsCount: 2 });
		expect(await rate(rater, id, 10)).toEqual({ id, score: 2 });
		await rate(rater, id, null);
		expect(await rate(rater, id, 9)).toEqual({ id, score: 2 });
		expect(await derived(owner, id)).toEqual([6, 2]);
		expect((await getCard(rater, { id })).ownScore).toBe(2);
		expect((await listExamples(rater, {})).rows[0]!.rating).toBe(2);
	});

	test('what was taken back is none, and others are hidden again', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(owner, id, 10);
		await rate(rater, id, 2);
		await look(rater, id);
		expect(await rate(rater, id, null)).toEqual({ id, score: null });
		expect(await derived(owner, id)).toEqual([10, 1]);
		expect(await look(rater, id)).toMatchObject({ rating: null, ratingsCount: 0 });
	});

	test('until then every slip can be mended, also after looking at what nobody else has rated', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(rater, id, 1);
		await look(rater, id);
		await rate(rater, id, null);
		await rate(rater, id, 7);
		await rate(owner, id, 5);
		await rate(rater, id, 8);
		expect(await derived(owner, id)).toEqual([6.5, 2]);
	});

	test('a new text is judged anew, and whoever may always see others’ corrects theirs', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(owner, id, 10);
		await rate(rater, id, 2);
		await look(rater, id);
		await look(owner, id);
		await rate(owner, id, 4);
		expect(await derived(owner, id)).toEqual([3, 2]);
		await rewrite(owner, id, 'Better.', 9);
		await rate(rater, id, 7);
		expect(await derived(owner, id)).toEqual([8, 2]);
	});

	test('a score on its way while they look comes before or after, and the rating is what counts', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(owner, id, 10);
		await rate(rater, id, 2);
		await Promise.all([look(rater, id), rate(rater, id, 4), look(rater, id), rate(rater, id, 6)]);
		await rate(rater, id, 10);
		const { score } = await rate(rater, id, 9);
		expect([2, 4, 6]).toContain(score);
		expect(await derived(owner, id)).toEqual([(10 + score!) / 2, 2]);
	});

	test('of the examples that somebody rated alike, the one is settled whose scores they are shown', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		const messages = [
			{ role: 'user' as const, content: 'And to Iceland?' },
			{ role: 'assistant' as const, content: 'Yes.' }
		];
		const other = (await addExample(owner, { messages, rating: null })).id;
		for (const each of [id, other]) await rate(rater, each, 2);
		const settled: string[] = [];
		for (const each of [id, other]) {
			await rater.tx((tx) => tx.$client`select settle_rating(${each})`);
			settled.push(each);
			const rows = await owner.tx((tx) =>
				tx.select().from(ratings).where(eq(ratings.settled, true)).orderBy(ratings.seq)
			);
			expect(rows.map(({ exampleId }) => exampleId)).toEqual(settled);
		}
	});

	test('nobody settles the rating of somebody else, or of another project', async () => {
		const { owner, as, id } = await start();
		const [rater, other] = [await as('rater'), await as('rater')];
		await rate(rater, id, 2);
		const settle = (who: ProjectScope) => who.tx((tx) => tx.$client`select settle_rating(${id}) as done`);
		expect((await settle(other))[0]!.done).toBe(false);
		expect((await settle(await inProject((await start()).scope, 'support')))[0]!.done).toBe(false);
		const limitedTo = (projectId: string) => ({
			...rater,
			...scopeFor({ teamId: rater.teamId, userId: rater.userId, role: 'rater', projectIds: [projectId] })
		});
		expect((await settle(limitedTo(randomUUID())))[0]!.done).toBe(false);
		expect(await owner.tx((tx) => tx.$count(ratings, eq(ratings.settled, true)))).toBe(0);
		expect((await settle(limitedTo(owner.project.id)))[0]!.done).toBe(true);
		await rate(other, id, 3);
		expect((await settle(other))[0]!.done).toBe(true);
		const rows = await owner.tx((tx) =>
			tx.select().from(ratings).where(eq(ratings.settled, true)).orderBy(ratings.seq)
		);
		expect(rows.map(({ personId }) => personId)).toEqual([rater.userId, other.userId]);
	});

	test('what settles is on the disk before anything is shown, however the request came in', async () => {
		const { owner, id } = await start();
		await rate(owner, id, 4);
		const commits = (setting: string) =>
			raw(owner, async (sql) => {
				await sql.unsafe(`set local synchronous_commit = ${setting}`);
				expect(await sql`select settle_rating(${id}) as done`).toEqual([{ done: true }]);
				const [row] = await sql`show synchronous_commit`;
				return row!.synchronous_commit;
			});
		expect(await commits('off')).toBe('on');
		expect(await commits('remote_apply')).toBe('remote_apply');
	});

	test('who has rated an earlier text only has given nothing yet', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		const { text } = await getCard(rater, { id });
		await rewrite(owner, id, 'Better.');
		await rate(rater, id, 2, text);
		expect(await rater.tx((tx) => tx.$client`select settle_rating(${id}) as done`)).toEqual([{ done: false }]);
	});

	test('what somebody is just giving is waited for, and is what is settled', async () => {
		const { owner, as, id } = await start();
		const rater = await as('rater');
		await rate(rater, id, 2);
		let settling: PromiseLike<unknown> = Promise.resolve();
		await rater.tx(async (tx) => {
			const row = { projectId: rater.project.id, exampleId: id, personId: rater.userId!, clientId: randomUUID() };
			await tx.insert(ratings).values({ ...row, score: 9 });
			settling = rater.tx((tx) => tx.$client`select settle_rating(${id})`);
			await Promise.race([settling, sleep(200)]);
		});
		await settling;
		const rows = await owner.tx((tx) => tx.select().from(ratings).where(eq(ratings.settled, true)));
		expect(rows.map(({ score }) => score)).toEqual([9]);
	});
});

/** The acts as the table keeps them, and the rating that core makes of them. */
const recomputed = async (who: ProjectScope, id: string) => {
	const rows = await who.tx((tx) => tx.select().from(ratings).where(eq(ratings.exampleId, id)));
	const given = rows.map((row): Given & { person: string } => ({
		...row,
		text: row.text.toString('hex'),
		person: row.personId
	}));
	const present = markOf((await rowOf(who, id)).rewrite).toString('hex');
	const { rating, count } = ratingOf(given, present);
	return { given, present, rating: [rating === null ? null : Math.fround(rating), count] };
};

test('whatever people do, the database counts what core says', async () => {
	const person = fc.nat(2);
	const act = fc.oneof(
		{
			weight: 4,
			arbitrary: fc.record({
				kind: fc.constant('rate' as const),
				person,
				score: fc.option(fc.integer({ min: 1, max: 10 }))
			})
		},
		{ weight: 2, arbitrary: fc.record({ kind: fc.constant('look' as const), person }) },
		{
			weight: 1,
			arbitrary: fc.record({ kind: fc.constant('rewrite' as const), person, output: fc.constantFrom('One.', 'Two.') })
		},
		{ weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), person }) }
	);
	const { owner, as, id } = await start();
	const people = [owner, await as('rater'), await as('rater')];
	await fc.assert(
		fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 12 }), async (acts) => {
			const mine = new Map<number, string>();
			for (const one of acts) {
				const who = people[one.person]!;
				if (one.kind === 'rate') await rate(who, id, one.score);
				else if (one.kind === 'look') await getExample(who, { exampleId: id });
				else if (one.kind === 'rewrite') mine.set(one.person, await rewrite(who, id, one.output, 5));
				else if (mine.has(one.person)) await undo(who, id, mine.get(one.person)!).catch(() => {});
				const { given, present, rating } = await recomputed(owner, id);
				expect(await derived(owner, id)).toEqual(rating);
				const own = countingScore(
					given.filter(({ person }) => person === who.userId),
					present
				);
				expect((await getCard(who, { id })).ownScore).toBe(own);
			}
		}),
		{ numRuns: 12 }
	);
});

test('scores and rewrites of the same moment leave the rating that follows from them', async () => {
	const { owner, as, id } = await start();
	const people = [owner, await as('trainer'), await as('rater'), await as('rater')];
	for (let round = 0; round < 20; round++) {
		await Promise.all(
			people.flatMap((who, at) => [
				rate(who, id, ((round + at) % 10) + 1),
				at % 2 ? rewrite(who, id, `Text ${round} ${at}`, (at % 10) + 1) : getExample(who, { exampleId: id })
			])
		);
		expect(await derived(owner, id)).toEqual((await recomputed(owner, id)).rating);
		const [newest] = await owner.tx(
			(tx) => tx.$client`select output from rewrites where example_id = ${id} order by seq desc limit 1`
		);
		expect((await rowOf(owner, id)).rewrite).toBe(newest!.output);
	}
	expect(await owner.tx((tx) => tx.$count(rewrites, eq(rewrites.exampleId, id)))).toBe(40);
}, 60_000);
