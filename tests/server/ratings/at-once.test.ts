// Everything that changes an example, at once with ratings of it: what is kept of it stays what follows from what was said.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { AppError } from '../../../src/lib/core/errors.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import {
	addExample,
	deleteExamples,
	importExamples,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample, rewriteExample, undoRewrite } from '../../../src/lib/server/ratings/commands.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { comparisons } from '../../../src/lib/server/verify/comparisons.ts';
import { randomFrom } from '../../bench/measure.ts';
import { newScript } from '../../support/app/script.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';

afterAll(() => closePools());

/** ROUNDS=250 SEED=99 for longer, and otherwise. */
const rounds = Number(process.env.ROUNDS ?? 40);

const differences = async (slug: string) => {
	const rows = await Promise.all(comparisons.map(({ sql }) => owner.unsafe(sql)));
	// the trainings are put there by hand, past their numbers
	return rows.flat().filter((row) => row.team === slug && row.train_count === undefined && row.what !== 'run');
};

test(
	'ratings at once with rewrites, splits, deletions and new examples are refused in words, or counted',
	{ timeout: 300_000 },
	async () => {
		const team = await newTeam();
		const { project, connection } = await newProject(team.scope);
		const people = await Promise.all([
			inProject(team.scope, 'support'),
			inProject(await team.as('trainer'), 'support'),
			inProject(await team.as('rater', [project.id]), 'support')
		]);
		const script = await inProject(await newScript(team.scope), 'support');
		const random = randomFrom(Number(process.env.SEED ?? 7));
		const upTo = (n: number) => Math.floor(random() * n);
		const any = <T>(list: readonly T[]) => list[upTo(list.length)]!;
		const ids: string[] = [];
		const add = async () => {
			const n = randomUUID();
			const messages = [
				{ role: 'user' as const, content: `Question ${n}` },
				{ role: 'assistant' as const, content: `Answer ${n}` }
			];
			ids.push((await addExample(people[0]!, { messages, rating: any([null, 7]) })).id);
		};
		const bring = () => {
			const lines = [1, 2, 3].map((number) => {
				const [question, rating] = [`Brought ${upTo(40)}`, 1 + upTo(10)];
				const messages = [
					{ role: 'user', content: question },
					{ role: 'assistant', content: 'Yes.' }
				];
				return { number, text: JSON.stringify({ messages, rating }) };
			});
			return importExamples(people[0]!, { fileName: 'a.jsonl', lines });
		};
		let version = 0;
		/** What a training takes, and how it ends. */
		const train = async () => {
			const asked = { projectId: project.id, connectionId: connection.id, version: ++version };
			const { id } = await addReadyRun(team.scope, { ...asked, status: 'uploading', model: null, modelObject: null });
			const take = owner`
			insert into run_examples (team_id, project_id, run_id, example_id, kind)
			select team_id, project_id, ${id}, id, 'train' from examples
			where project_id = ${project.id} and split = 'train' and deleted_at is null order by random() limit 5`;
			// one of them has moved, or is being deleted, meanwhile
			await take.catch((problem: { code?: string }) => {
				if (problem.code !== 'AI004') throw problem;
			});
			await owner`update runs set status = ${any(['cancelled', 'training'])} where id = ${id}`;
		};
		for (let i = 0; i < 10; i++) await add();
		const score = () => (random() < 0.2 ? null : 1 + upTo(10));
		const unexpected: unknown[] = [];
		const rate = (who: ProjectScope) => {
			const saw = random() < 0.2 ? { saw: score() } : {};
			const text = random() < 0.2 ? { text: '' } : {};
			const rating = { exampleId: any(ids.slice(0, 10)), score: score(), clientId: randomUUID(), ...saw, ...text };
			const sent = rateExample(who, rating);
			return random() < 0.2 ? Promise.all([sent, rateExample(who, rating)]) : sent;
		};
		const others = [
			() =>
				rewriteExample(any(people), {
					exampleId: any(ids),
					output: `Text ${upTo(3)}`,
					score: 9,
					clientId: randomUUID()
				}),
			() => undoRewrite(any(people), { exampleId: any(ids), clientId: randomUUID() }),
			() => deleteExamples(people[0]!, { ids: [any(ids), any(ids), any(ids)] }),
			() => restoreExamples(people[0]!, { ids: [any(ids), any(ids)] }),
			() => restoreExamples(people[0]!, { ids }),
			() => applySplit(people[0]!, { ratio: 0.7, seed: upTo(5) }),
			() => moveExamples(people[1]!, { ids: [any(ids), any(ids)], side: any(['train', 'unassigned'] as const) }),
			() => raw(any(people), (sql) => sql`select settle_rating(${any(ids)})`),
			() => raw(script, (sql) => sql`select settle_rating(${any(ids)})`),
			bring,
			train,
			add
		];
		for (let round = 0; round < rounds; round++) {
			const at = [
				...Array.from({ length: 8 }, () => () => rate(any([...people, script]))),
				...Array.from({ length: 4 }, () => any(others))
			];
			const order = at.map((work) => ({ work, place: random() })).sort((a, b) => a.place - b.place);
			const ends = await Promise.allSettled(order.map(({ work }) => work()));
			for (const end of ends)
				if (end.status === 'rejected' && !(end.reason instanceof AppError)) unexpected.push(end.reason);
			if (round % 10 === 9) expect(await differences(team.slug), `round ${round}`).toEqual([]);
		}
		const [slots] =
			await owner`select count(distinct slot)::int as n from example_counts where project_id = ${project.id}`;
		expect(unexpected).toEqual([]);
		expect(await differences(team.slug)).toEqual([]);
		expect(slots!.n).toBeGreaterThan(1);
	}
);
