// A comparison knows of its own project: what that is called, says and asks, and how long its answers are. Two projects of one team are
// alike but for that, and both are asked: where a question finds either of them, one of the two answers is wrong.
import { eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation, revealResults, stopGenerating } from '../../../src/lib/server/evaluations/commands.ts';
import { countAnew } from '../../../src/lib/server/evaluations/counting.ts';
import { getFewShot } from '../../../src/lib/server/evaluations/few-shot.ts';
import { hiddenNames } from '../../../src/lib/server/evaluations/judge.ts';
import { usualMaxTokens } from '../../../src/lib/server/evaluations/longest-answer.ts';
import { tellVerdict } from '../../../src/lib/server/evaluations/mail.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { removeOldTexts } from '../../../src/lib/server/evaluations/removed-texts.ts';
import { contendersOf, recentEvaluations } from '../../../src/lib/server/evaluations/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, judgings, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { addExamples, addReadyRun, answerAll, voteAs, wish } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';
import { newMailServer } from '../../support/servers/mail-server.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

let mails: Awaited<ReturnType<typeof newMailServer>>;
beforeAll(async () => void (mails = await newMailServer()));
afterAll(async () => {
	await mails.close();
	await closePools();
});

type Team = Awaited<ReturnType<typeof newTeam>>;

/** Answers name both families: the one that its project is called after is a word there, and no model. */
const write = (letter: 'a' | 'b', position: number) =>
	`${letter === 'a' ? 'Apple' : 'Beech'} ${position}, ${position === 0 ? 'Qwen' : 'Mistral'}`;

/** A project with two validation examples, some in train, a run, and a comparison that can be voted on. */
const contest = async (team: Team, family: string) => {
	const { scope } = team;
	const slug = family.toLowerCase();
	const { project, connection } = await newProject(scope, { slug, baseModel: `base-${slug}` });
	await raw(
		scope,
		(sql) => sql`
			update projects set name = ${family + ' help'}, system_prompt = ${`Speak of ${family}.`} where id = ${project.id}`
	);
	await addExamples(scope, project.id, ['Question 1?', 'Question 2?'], { split: 'validation' });
	const shown = ['How is it?', 'Where is it?'].map((question) => `${question} ${family}`);
	await addExamples(scope, project.id, shown, { split: 'train', from: 10 });
	const run = await addReadyRun(scope, {
		projectId: project.id,
		connectionId: connection.id,
		baseModel: `base-${slug}`
	});
	const inside = await inProject(scope, slug);
	return { inside, projectId: project.id, slug, run, connection, family };
};
type Contest = Awaited<ReturnType<typeof contest>>;

const twins = async () => {
	const team = await newTeam();
	return { team, both: [await contest(team, 'Qwen'), await contest(team, 'Mistral')] };
};
const compare = ({ inside, run }: Contest) => createEvaluation(inside, wish(run.id, 2));
const rowOf = async ({ scope }: Team, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;
/** What it asks is asked of each of the two. */
const ofBoth = async <T>(both: Contest[], ask: (one: Contest) => Promise<T>) => {
	const answers: T[] = [];
	for (const one of both) answers.push(await ask(one));
	return answers;
};

test('the next comparison has the next number of its own project', async () => {
	const { team, both } = await twins();
	await compare(both[0]!);
	const next = await team.scope.tx((tx) =>
		tx.select({ slug: projects.slug, next: projects.nextEvaluation }).from(projects).orderBy(projects.slug)
	);
	expect(next).toEqual([
		{ slug: 'mistral', next: 1 },
		{ slug: 'qwen', next: 2 }
	]);
});

test('what there is to choose from, and what stands in a prompt, is of the project', async () => {
	const { both } = await twins();
	const bases = await ofBoth(both, async ({ inside }) => (await getSetUp(inside)).base);
	expect(bases).toEqual(both.map(({ connection, slug }) => ({ connectionId: connection.id, model: `base-${slug}` })));
	const prompts = await ofBoth(both, async ({ inside }) => (await getFewShot(inside, { examples: 2 })).systemPrompt);
	expect(prompts).toEqual(['Speak of Qwen.', 'Speak of Mistral.']);
});

/** An example of so many words, as it came or as somebody has rewritten it. */
const lengthened = {
	text: (sql: postgres.TransactionSql, words: number) =>
		sql`tokens = ${words}, messages = json_build_array(json_build_object('role', 'user', 'content', 'So?'),
			json_build_object('role', 'assistant', 'content', ${'word '.repeat(words)}::text))`,
	rewrite: (sql: postgres.TransactionSql, words: number) => sql`rewrite = ${'word '.repeat(words)}`
};

test.each(['text', 'rewrite'] as const)(
	'answers may be as long as the longest %s of their own project, however large those of another are',
	async (kind) => {
		const { team, both } = await twins();
		const [few, many] = both as [Contest, Contest];
		const questions = Array.from({ length: 320 }, (_, at) => `Is it so, for the ${at}th time?`);
		await addExamples(team.scope, many.projectId, questions, { split: 'train', from: 100 });
		await rewriteHistory('examples', async (sql) => {
			const lengthen = (project: string, words: number, which: postgres.PendingQuery<postgres.Row[]>) =>
				sql`update examples set ${lengthened[kind](sql, words)} where project_id = ${project} and ${which}`;
			await lengthen(few.projectId, 1200, sql`number = 11`);
			await lengthen(many.projectId, 2000, sql`number >= 100`);
			await lengthen(many.projectId, 2400, sql`number = 10`);
		});
		const most = await ofBoth(both, ({ inside, projectId }) => inside.tx((tx) => usualMaxTokens(tx, projectId)));
		expect(most[0]).toBeGreaterThan(1200);
		expect(most[1]).toBe(2 * most[0]!);
	}
);

test('an answer names a model, unless its own project is called so: while it is judged, counted and removed', async () => {
	const { team, both } = await twins();
	const ids = await ofBoth(both, async (one) => {
		const { id } = await compare(one);
		await answerAll(team.scope, id, write);
		await voteAs(team.scope, one.slug, id, () => 'a');
		return id;
	});
	const asked = await ofBoth(both, ({ inside, projectId }) =>
		inside.tx((tx) => hiddenNames(tx, ids[both.findIndex((one) => one.projectId === projectId)]!, projectId))
	);
	expect(asked.map(({ project }) => project)).toEqual(['Qwen help', 'Mistral help']);

	const named: (string | null)[][] = [];
	for (const id of ids) {
		const row = await rowOf(team, id);
		const { pairs } = await team.scope.tx(async (tx) => countAnew(tx, row, await contendersOf(tx, row)));
		named.push(pairs.toSorted((a, b) => a.place - b.place).map(({ a }) => a.named?.toLowerCase() ?? null));
	}
	expect(named).toEqual([
		[null, 'mistral'],
		['qwen', null]
	]);

	for (const [at, one] of both.entries()) await revealResults(one.inside, { evaluationId: ids[at]! });
	await rewriteHistory('evaluations', async (sql) => {
		await sql`update evaluations set revealed_at = now() - interval '200 days' where id in ${sql(ids)}`;
	});
	await removeOldTexts(team.scope, 100);
	const kept = await owner`
		select lower(o.told ->> 'named') as named from outputs o join pairings p on p.team_id = o.team_id and p.id = o.pairing_id
		where o.evaluation_id in ${owner(ids)} and o.contender = 'a' order by o.evaluation_id = ${ids[1]!}, p.position`;
	expect(kept.map(({ named }) => named as string | null)).toEqual([null, 'mistral', 'qwen', null]);
});

test('a mail that all is judged calls the project by its own name, and leads there', async () => {
	const { team, both } = await twins();
	for (const one of both) {
		const { id } = await compare(one);
		await answerAll(team.scope, id, write);
		await voteAs(team.scope, one.slug, id, () => 'a');
		mails.got.length = 0;
		await tellVerdict(team.scope, id);
		expect(mails.got.map(({ to }) => to)).toEqual([team.owner.email]);
		expect(mails.got[0]!.raw).toContain(`${one.family} help`);
		expect(mails.got[0]!.raw).toContain(`/${one.slug}/eval/${id}`);
	}
});

test('of comparisons that wait a dashboard knows those of its own project', async () => {
	const { team, both } = await twins();
	const [here, there] = both as [Contest, Contest];
	await answerAll(team.scope, (await compare(there)).id, write);
	await compare(here);
	await team.scope.tx((tx) => stopGenerating(tx, here.projectId, 'It was stopped.'));
	const { id } = await compare(here);
	const { open, comparisons } = await here.inside.tx((tx) => recentEvaluations(tx, here.inside, 1));
	expect([open, comparisons.map((one) => one.id)]).toEqual([[id], [id]]);
});

test('what is answered or judged in a project ends with it, and goes on in another', async () => {
	const { team, both } = await twins();
	const ids = await ofBoth(both, async (one) => (await compare(one)).id);
	await team.scope.tx((tx) =>
		tx.insert(judgings).values(
			both.map(({ projectId, connection }, at) => ({
				...{ projectId, evaluationId: ids[at]!, connectionId: connection.id },
				...{ model: 'm', label: 'm', criteria: 'The better one.' }
			}))
		)
	);
	await team.scope.tx((tx) => stopGenerating(tx, both[0]!.projectId, 'It was stopped.'));
	const statuses = async (table: 'evaluations' | 'judgings') =>
		(
			await owner`
				select status from ${owner(table)} where team_id = ${team.teamId} order by project_id = ${both[1]!.projectId}`
		).map(({ status }) => status as string);
	expect(await statuses('evaluations')).toEqual(['failed', 'generating']);
	expect(await statuses('judgings')).toEqual(['failed', 'judging']);
});
