import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { linesOf } from '../../src/lib/core/examples/import/lines.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, randomFrom, timed } from './measure.ts';

const rows = 200_000;
const rounds = 3;
const words =
	'the quick customer asks where a parcel is and whether it can be returned after thirty days because the kettle leaks while we answer with steps about labels refunds invoices gift cards and warranty'.split(
		' '
	);

/** About 640 bytes a row, 128 MB in all. */
const writeFile = async (file: string) => {
	const random = randomFrom(7);
	const say = (count: number) =>
		Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
	const out = fs.createWriteStream(file);
	for (let i = 0; i < rows; i++) {
		const messages = [
			{ role: 'system', content: 'You answer customers.' },
			{ role: 'user', content: `${i} ${say(35)}` },
			{ role: 'assistant', content: say(55) }
		];
		if (!out.write(`${JSON.stringify({ messages })}\n`)) await once(out, 'drain');
	}
	await new Promise<void>((done) => out.end(() => done()));
};

/** P1: 200 000 chat rows, validated, deduplicated and visible under row level security, against COPY of the raw lines. */
export const run = async ({ owner, room }: Bench): Promise<Measure[]> => {
	const file = path.join(room, 'rows.jsonl');
	await writeFile(file);
	const imports: number[] = [];
	const copies: number[] = [];
	let memory = 0;
	for (let round = 0; round < rounds; round++) {
		await owner`create unlogged table raw_lines (line text)`;
		copies.push(
			await timed(async () => {
				const escape = new Transform({
					transform: (piece, _, done) =>
						done(null, piece.includes(0x5c) ? piece.toString().replaceAll('\\', '\\\\') : piece)
				});
				await pipeline(
					fs.createReadStream(file, { highWaterMark: 1 << 18 }),
					escape,
					await owner`copy raw_lines from stdin`.writable()
				);
			})
		);
		await owner`drop table raw_lines`;

		const { scope } = await newTeam();
		await newProject(scope);
		const here = await inProject(scope, 'support');
		const before = process.memoryUsage().rss;
		const watch = setInterval(() => (memory = Math.max(memory, process.memoryUsage().rss - before)), 50);
		imports.push(
			await timed(async () => {
				const lines = linesOf(fs.createReadStream(file, { highWaterMark: 1 << 18 }));
				const { added } = await importExamples(here, { fileName: 'rows.jsonl', lines });
				if (added !== rows) throw new Error(`${added} rows arrived`);
			})
		);
		clearInterval(watch);
	}
	return [
		{
			id: 'P1',
			what: `import ${rows.toLocaleString('en')} rows, 128 MB`,
			unit: 'ms',
			values: imports,
			floor: { what: 'COPY of the raw lines', values: copies },
			judged: 'floor over value',
			target: 0.12,
			moonshot: 0.33,
			better: 'higher',
			note: `memory grew by ${Math.round(memory / 1e6)} MB`
		}
	];
};
