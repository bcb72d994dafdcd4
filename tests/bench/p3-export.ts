import { inProject } from '../../src/lib/server/access/scope.ts';
import { exportExamples, importExamples } from '../../src/lib/server/examples/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, median, quantile, randomFrom } from './measure.ts';

const rows = process.env.BENCH_QUICK === 'yes' ? 20_000 : 50_000;
const rounds = 5;

/** About 600 bytes a line. */
const lines = function* () {
	const random = randomFrom(7);
	const say = (count: number) => Array.from({ length: count }, () => random().toString(36).slice(2, 8)).join(' ');
	for (let number = 1; number <= rows; number++) {
		const messages = [
			{ role: 'user', content: `${number} ${say(30)}` },
			{ role: 'assistant', content: say(45) }
		];
		yield { number, text: JSON.stringify({ messages, rating: 1 + (number % 10) }) };
	}
};

/** Reads it all, and says when the first piece came and how long and how much it was. */
const read = async (pieces: AsyncIterable<string | Uint8Array>) => {
	const startedAt = performance.now();
	let first = 0;
	let bytes = 0;
	for await (const piece of pieces) {
		first ||= performance.now() - startedAt;
		bytes += Buffer.byteLength(piece);
	}
	return { first, ms: performance.now() - startedAt, bytes };
};

/** P3: the whole file of a project, against COPY of the same conversations to nobody. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { scope } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	await importExamples(here, { fileName: 'rows.jsonl', lines: lines() });
	await owner`vacuum analyze examples`;
	const [values, floor, firsts]: [number[], number[], number[]] = [[], [], []];
	let bytes = 0;
	let grown = 0;
	for (let round = -1; round < rounds; round++) {
		const copied = await read(
			await owner`copy (select id, number, messages, rating, rewrite, split, source from examples order by number) to stdout`.readable()
		);
		const before = process.memoryUsage().rss;
		const { pieces } = await exportExamples(here, { format: 'full' });
		const exported = await read(pieces);
		if (round < 0) continue; // the first turn warms up
		grown = Math.max(grown, process.memoryUsage().rss - before);
		bytes = exported.bytes;
		floor.push(copied.ms);
		values.push(exported.ms);
		firsts.push(exported.first);
	}
	return [
		{
			id: 'P3',
			what: `export of ${rows.toLocaleString('en')} examples`,
			unit: 'ms',
			values,
			floor: { what: 'COPY of the same rows', values: floor },
			judged: 'floor over value',
			target: 0.8,
			moonshot: 1,
			better: 'higher',
			note: `${(bytes / 1e6).toFixed(0)} MB, ${(bytes / 1e6 / (median(values) / 1000)).toFixed(0)} MB/s, memory +${Math.round(grown / 1e6)} MB`
		},
		{
			id: 'P3',
			what: 'export, its first piece',
			unit: 'ms',
			values: [quantile(firsts, 0.95)],
			judged: 'value',
			target: 100,
			moonshot: 20,
			better: 'lower'
		}
	];
};
