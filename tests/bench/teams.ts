import fs from 'node:fs';
import type postgres from 'postgres';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { readFacts } from '../../src/lib/server/runs/facts.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, timed } from './measure.ts';
import { measureRatingLog } from './rating-log.ts';

const neighbours = 1_000;
const perNeighbour = 500;
const size = 63_600;
const imported = 20_000;
/** Of the size that conversations have, for what rating them writes. */
const toRate = 10_000;
const answerLength = 500;

/** A thousand teams with a project each, as they would stand there after a while; nothing asks what triggers would have said. */
const seedNeighbours = async (owner: postgres.Sql) => {
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into teams (name, slug) select 'Neighbour', 'neighbour-' || n from generate_series(1, ${neighbours}) n`;
		await sql`insert into projects (team_id, slug, name, base_model, recipe)
			select id, 'one', 'One', 'm', '{}' from teams where slug like 'neighbour-%'`;
		await seedExamples(sql, 'one', perNeighbour);
	});
};

/** In every project of this name: half of it rated, four fifths of that to train with. */
const seedExamples = (sql: postgres.TransactionSql, slug: string, count: number) =>
	sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
		select p.team_id, p.id, n,
			json_build_array(json_build_object('role', 'user', 'content', 'Question ' || n), json_build_object('role', 'assistant', 'content', 'Answer ' || n)),
			sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 20, 9, 1,
			case when n % 5 = 0 then 'validation' else 'train' end, 'import'
		from projects p cross join generate_series(1, ${count}) n where p.slug = ${slug}`;

/** Answers as people write them, since the log compresses pages; each begins elsewhere in all that the customers of the examples were told. */
const answers = (count: number) => {
	const rows = fs.readFileSync('examples/customer-support/examples.jsonl', 'utf8').trimEnd().split('\n');
	const said = rows.flatMap((row) => (JSON.parse(row) as { messages: { content: string }[] }).messages);
	const text = said.map(({ content }) => content).join(' ');
	return Array.from({ length: count }, (_, n) => {
		const from = (n * 7_919) % (text.length - answerLength);
		return text.slice(from, from + answerLength);
	});
};

const lines = (name: string, split: boolean) =>
	Array.from({ length: imported }, (_, i) => ({
		number: i + 1,
		text: JSON.stringify({
			messages: [
				{ role: 'user', content: `${name} ${i}: where is my parcel?` },
				{ role: 'assistant', content: `It left us this morning, number ${i}.` }
			],
			...(split && { split: i % 5 === 0 ? 'validation' : 'train' })
		})
	}));

/** TEAMS: what is quick alone stays quick beside a thousand other teams in the same tables. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	await seedNeighbours(owner);
	const { scope } = await newTeam();
	await newProject(scope, { slug: 'large' });
	await newProject(scope, { slug: 'filled' });
	await newProject(scope, { slug: 'rated' });
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await seedExamples(sql, 'large', size);
		await sql`insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
			select e.team_id, e.project_id, e.id, gen_random_uuid(), 9, ''::bytea, gen_random_uuid()
			from examples e join projects p on p.id = e.project_id cross join generate_series(1, 2)
			where p.slug = 'large' and e.number % 3 = 0`;
		await sql`update examples e set ratings_count = 2 from projects p where p.id = e.project_id and p.slug = 'large' and e.number % 3 = 0`;
		await sql`update projects set next_example = ${size + 1} where slug = 'large'`;
		await sql`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			select p.team_id, p.id, n,
				json_build_array(json_build_object('role', 'user', 'content', 'Where is order ' || n || '?'),
					json_build_object('role', 'assistant', 'content', answer)),
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 130, 'import'
			from projects p cross join unnest(${answers(toRate)}::text[]) with ordinality as answers (answer, n) where p.slug = 'rated'`;
		await sql`select recount_examples()`;
	});
	await owner`vacuum analyze`;
	const log = await measureRatingLog(owner, scope, 'rated');
	const [large, filled] = [await inProject(scope, 'large'), await inProject(scope, 'filled')];
	const preflight = await timed(() => large.tx((tx) => readFacts(tx, large.project, large.project.recipe)));
	const [plain, split]: [number[], number[]] = [[], []];
	for (let round = 0; round < 3; round++) {
		plain.push(await timed(() => importExamples(filled, { fileName: 'a', lines: lines(`Plain ${round}`, false) })));
		split.push(await timed(() => importExamples(filled, { fileName: 'b', lines: lines(`Split ${round}`, true) })));
	}
	return [
		log,
		{
			id: 'TEAMS',
			what: `preflight of ${size.toLocaleString('en')}`,
			unit: 'ms',
			values: [preflight],
			judged: 'value',
			target: 2_000,
			moonshot: 300,
			better: 'lower'
		},
		{
			id: 'TEAMS',
			what: `import of ${imported.toLocaleString('en')} that bring a split`,
			unit: 'ms',
			values: split,
			floor: { what: 'without', values: plain },
			judged: 'value over floor',
			target: 1.3,
			moonshot: 1.1,
			better: 'lower'
		}
	];
};
