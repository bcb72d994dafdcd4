import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ProjectScope, inProject } from '../../src/lib/server/access/scope.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, quantile } from './measure.ts';

const waitingRaters = 12;
const examples = 500;
/** Turn about, so that a busy moment of the machine meets both. */
const rounds = process.env.BENCH_QUICK === 'yes' ? 6 : 20;
const ratingsARound = 30;
/** Twenty a second; on a machine that is busy with others so few that they do not queue for each other, which is not asked here. */
const leastApartMs = 50;
const apartByTook = 5;

/** A team with some examples, and so many of its raters. */
const placeWith = async (owner: Bench['owner'], raters: number) => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope, { slug: 'rated' });
	const lines = Array.from({ length: examples }, (_, i) => ({
		number: i + 1,
		text: JSON.stringify({ input: `Where is parcel ${i}?`, output: 'It left us this morning.' })
	}));
	await importExamples(await inProject(scope, 'rated'), { fileName: 'a.jsonl', lines });
	const scopes: ProjectScope[] = [];
	for (let n = 0; n < raters; n++) scopes.push(await inProject(await as('rater'), 'rated'));
	const ids = (await owner`select id from examples where project_id = ${project.id}`).map(({ id }) => id as string);
	return { scopes, ids };
};
type Place = Awaited<ReturnType<typeof placeWith>>;

const rate = (scope: ProjectScope, exampleId: string, score: number) =>
	rateExample(scope, { exampleId, score, clientId: randomUUID() });

/** At a fixed rate, whether the last was answered or not: how long each took from when it was due. */
const rateAround = async ({ scopes, ids }: Place, round: number, apartMs: number) => {
	const took: number[] = [];
	const open: Promise<void>[] = [];
	const startedAt = performance.now();
	for (let n = 0; n < ratingsARound; n++) {
		const dueAt = startedAt + n * apartMs;
		await pause(Math.max(0, dueAt - performance.now()));
		const id = ids[(round * ratingsARound + n) % ids.length]!;
		open.push(
			rate(scopes[n % scopes.length]!, id, 1 + ((n + round) % 10)).then(() => void took.push(performance.now() - dueAt))
		);
	}
	await Promise.all(open);
	return took;
};

/** While this lasts, somebody holds an example, and every rater wants to rate it: they wait until they are told to try again, and do. */
const whileWaiting = async <T>(owner: Bench['owner'], { scopes, ids }: Place, work: () => Promise<T>) => {
	let isOver = false;
	let most = 0;
	let result: T;
	const raters: Promise<void>[] = [];
	await owner.begin(async (sql) => {
		await sql`select 1 from examples where id = ${ids[0]!} for update`;
		for (const scope of scopes)
			raters.push(
				(async () => {
					while (!isOver) await rate(scope, ids[0]!, 5).catch(() => {});
				})()
			);
		await pause(300);
		const [row] = await sql`select count(*)::int as count from pg_stat_activity
			where datname = current_database() and application_name = 'aitelier' and wait_event_type = 'Lock'`;
		most = row!.count as number;
		result = await work();
		isOver = true;
	});
	await Promise.all(raters);
	return { result: result!, waiting: most };
};

/** WAIT: how long ratings of a team take while twelve raters of another one wait for a row that somebody holds, against a quiet moment. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const [held, other] = [await placeWith(owner, waitingRaters), await placeWith(owner, 4)];
	const [quiet, beside]: [number[], number[]] = [[], []];
	const waited: number[] = [];
	await rateAround(other, 0, leastApartMs); // connections, plans
	const apartMs = Math.max(leastApartMs, apartByTook * quantile(await rateAround(other, 1, 4 * leastApartMs), 0.5));
	for (let round = 1; round <= rounds; round++) {
		quiet.push(...(await rateAround(other, 2 * round, apartMs)));
		const { result, waiting } = await whileWaiting(owner, held, () => rateAround(other, 2 * round + 1, apartMs));
		beside.push(...result);
		waited.push(waiting);
	}
	const said = (took: number[]) => [0.5, 0.9, 0.99].map((share) => quantile(took, share).toFixed(0)).join('/');
	const base = {
		id: 'WAIT',
		unit: 'ms',
		judged: 'value over floor',
		better: 'lower',
		target: 1.2,
		moonshot: 1.05
	} as const;
	return [
		{
			...base,
			what: `rating p99 beside ${waitingRaters} raters of another team who wait`,
			values: [quantile(beside, 0.99)],
			floor: { what: 'in quiet', values: [quantile(quiet, 0.99)] },
			note: `p50/p90/p99 ${said(beside)} against ${said(quiet)}; ${Math.min(...waited)} connections waited or more, of ${beside.length} and ${quiet.length} ratings, one in ${apartMs.toFixed(0)} ms`
		},
		{
			...base,
			what: 'the same, p50',
			values: [quantile(beside, 0.5)],
			floor: { what: 'in quiet', values: [quantile(quiet, 0.5)] }
		}
	];
};
