import { type ProjectScope, inProject } from '../../src/lib/server/access/scope.ts';
import type { Method } from '../../src/lib/core/runs/method.ts';
import { markExamples } from '../../src/lib/server/examples/marks.ts';
import { getPreflight } from '../../src/lib/server/runs/queries.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, timed } from './measure.ts';

const size = Number(process.env.BENCH_ROWS ?? 100_000);
const rounds = 7;

/**
 * All of them good and split, about 600 characters each; a tenth is rewritten, a tenth has two opinions, and one of a hundred has tools and a weight
 * of its own, which the database cannot judge by itself.
 */
const seed = (owner: Bench['owner'], scope: ProjectScope, people: readonly [string, string]) =>
	owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql.unsafe(
			`insert into examples (team_id, project_id, number, messages, rewrite, source, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
			select p.team_id, p.id, n,
				('[{"role":"user","content":"Where is the missing part of order ' || n || '?"},{"role":"assistant","content":"Thank you for writing to us about case '
					|| n::bigint * 7919 || '. ' || repeat('We have looked at it and will send the missing part today. ', 8) || '"}]')::json,
				case when n % 10 = 5 then 'We have sent it, and it comes on day ' || n || '.' end,
				case when n % 100 = 3 then '{"tools":[],"weight":2}' end,
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 100 + n % 100,
				9, case when n % 10 = 1 then 2 else 1 end, case when n % 10 = 0 then 'validation' else 'train' end, 'import'
			from projects p cross join generate_series(1, ${size}) n where p.id = $1`,
			[scope.project.id]
		);
		for (const [at, person] of people.entries())
			await sql`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
				select e.team_id, e.project_id, e.id, ${person}, 'person', ${at === 0 ? 9 : 10}, text_mark(e.rewrite), gen_random_uuid()
				from examples e where e.project_id = ${scope.project.id} and e.ratings_count > ${at}`;
		await sql`update projects set next_example = ${size + 1} where id = ${scope.project.id}`;
		await sql`select recount_examples()`;
	});

const prepare = async ({ owner }: Bench) => {
	const { scope, as, owner: person } = await newTeam();
	const other = await as('rater');
	await newProject(scope, {});
	// a provider that has to be asked is none of our time
	await owner`update projects set connection_id = null`;
	const here = await inProject(scope, 'support');
	await seed(owner, here, [person.id, other.userId]);
	await owner`vacuum analyze`;
	// as the janitor does, a few pieces a minute, of what was not imported
	for (let marked = 0; marked < size; marked += 400_000) await markExamples(scope);
	return here;
};

/**
 * PREFLIGHT: the checklist of a hundred thousand examples (`BENCH_ROWS=1000000`: of a million) just after one of them has changed, so that only what
 * their texts say is known; and for the first time in a process.
 */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const { owner } = bench;
	const here = await prepare(bench);
	const floors: number[] = [];
	const taken: Record<Method | 'first' | 'again', number[]> = {
		first: [await timed(() => getPreflight(here, { method: 'sft' }))],
		sft: [],
		dpo: [],
		again: []
	};
	for (let round = 0; round <= rounds; round++) {
		const change = (digit: number) =>
			owner`update examples set deleted_at = now() where number = ${10 * (round + 1) + digit}`;
		const look = async (name: keyof typeof taken, method: Method) => {
			const ms = await timed(() => getPreflight(here, { method }));
			if (round > 0) taken[name].push(ms); // the first round warms up
		};
		const floor = await timed(
			() => owner`select sum(length(messages::text)), max(tokens) from examples where project_id = ${here.project.id}`
		);
		if (round > 0) floors.push(floor);
		await change(2);
		await look('sft', 'sft');
		await look('again', 'sft');
		await change(4);
		await look('dpo', 'dpo');
	}
	const what = `checklist of ${size.toLocaleString('en')}`;
	const floor = { what: 'reading their texts in the database', values: floors };
	const common = { id: 'PREFLIGHT', unit: 'ms', floor, better: 'lower' } as const;
	return [
		{
			...common,
			what: `${what} for the first time`,
			values: taken.first,
			judged: 'value',
			target: 2_000,
			moonshot: 1_000
		},
		{ ...common, what: `${what} examples`, values: taken.sft, judged: 'value', target: 2_000, moonshot: 1_000 },
		{ ...common, what: `${what} examples`, values: taken.sft, judged: 'value over floor', target: 8, moonshot: 4 },
		{ ...common, what: `${what}, unchanged`, values: taken.again, judged: 'value', target: 200, moonshot: 50 },
		{ ...common, what: `${what}, as pairs`, values: taken.dpo, judged: 'value', target: 2_000, moonshot: 1_000 }
	];
};
