import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Measure } from './measure.ts';
import { measured, packedIn, writeLines } from './packed-cli.ts';

const rows = 100_000;
const many = 1_000_000;
const quick = process.env.BENCH_QUICK === 'yes';
const rounds = quick ? 3 : 5;
/** What a million lines may take beside what Node takes itself. In kB, as the kernel says. */
const roomKb = 120_000;

/**
 * The original's way, as far as it is its own: the whole file read, each line parsed, each rating's examples shuffled, all of it written
 * again, nothing of it synced. Without its packages, whose start takes a fifth of a second more: beside this loop in the same run the
 * original's own split took 1.2 × the processor.
 */
const bareLoop = `
import fs from 'node:fs';
const [what, file, out] = process.argv.slice(2);
const text = await fs.promises.readFile(file, 'utf8');
const rows = text.trim().split('\\n').filter((line) => line.length > 0).map((line) => JSON.parse(line));
const good = rows.filter(({ rating }) => rating !== null && rating >= 8);
const written = (list) => fs.promises.writeFile(out, list.map((each) => JSON.stringify(each)).join('\\n') + '\\n');
if (what === 'stats') {
	const counts = {};
	for (const { rating } of rows) counts[rating] = (counts[rating] ?? 0) + 1;
	console.log(counts);
}
if (what === 'split') {
	const strata = [...Map.groupBy(good, ({ rating }) => rating).values()];
	for (const list of strata)
		for (let last = list.length - 1; last > 0; last--) {
			const at = Math.floor(Math.random() * (last + 1));
			[list[last], list[at]] = [list[at], list[last]];
		}
	const dealt = [];
	for (let turn = 0; dealt.length < good.length; turn++) for (const list of strata) if (turn < list.length) dealt.push(list[turn]);
	const measuring = Math.round(dealt.length / 5);
	for (const row of dealt.slice(0, measuring)) row.split = 'val';
	for (const row of dealt.slice(measuring)) row.split = 'train';
	written(rows);
}
if (what === 'format')
	for (const side of ['train', 'val']) {
		const list = good.filter(({ split }) => split === side);
		for (const { messages } of list)
			if (messages.some(({ role, content }) => !['system', 'user', 'assistant'].includes(role) || content.trim() === '')) throw new Error();
		written(list.map(({ messages }) => ({ messages })));
	}
if (what === 'import') written(rows);
`;

/** The packed command line against a bare loop over the same file, in turns, and a million lines in bounded memory. */
export const run = async (): Promise<Measure[]> => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'ait-bench-'));
	try {
		const ait = packedIn(room);
		const loop = path.join(room, 'loop.mjs');
		fs.writeFileSync(loop, bareLoop);
		const examples = path.join(room, 'data', 'examples.jsonl');
		const config = { name: 'Bench', provider: 'together', model: 'm', qualityThreshold: 8, runs: [] };
		fs.mkdirSync(path.dirname(examples));
		fs.writeFileSync(path.join(room, '.aitelier.json'), JSON.stringify(config));
		const [lines, out, split] = ['lines.jsonl', 'out.jsonl', 'split.jsonl'].map((name) => path.join(room, name)) as [
			string,
			string,
			string
		];
		writeLines(lines, rows);

		const nothing: number[] = [];
		const help: number[] = [];
		for (let round = 0; round < 3 * rounds; round++) {
			nothing.push((await measured(['-e', '0'], room)).ms);
			help.push((await measured([ait, '--help'], room)).ms);
		}
		const measures: Measure[] = [
			{
				id: 'CLI',
				what: '--help',
				unit: 'ms',
				values: help,
				floor: { what: 'node -e 0', values: nothing },
				judged: 'value over floor',
				target: 3,
				moonshot: 1.6,
				better: 'lower'
			}
		];
		for (const [what, target, moonshot] of [
			['stats', 0.25, 0.15],
			['split', 0.5, 0.25],
			['format', 0.5, 0.25]
		] as const) {
			const [values, floor]: [number[], number[]] = [[], []];
			for (let round = 0; round < rounds; round++) {
				const from = what === 'format' ? split : lines;
				floor.push((await measured([loop, what, from, out], room)).ms);
				fs.copyFileSync(from, examples);
				values.push((await measured([ait, what, '--quiet'], room)).ms);
				if (what === 'split') fs.copyFileSync(examples, split);
			}
			measures.push({
				id: 'CLI',
				what: `${what}, ${rows.toLocaleString('en')} lines`,
				unit: 'ms',
				values,
				floor: { what: 'a bare loop', values: floor },
				judged: 'value over floor',
				target,
				moonshot,
				better: 'lower'
			});
		}
		const [imports, loops]: [number[], number[]] = [[], []];
		for (let round = 0; round < rounds; round++) {
			loops.push((await measured([loop, 'import', lines, out], room)).ms);
			fs.writeFileSync(examples, '');
			imports.push((await measured([ait, 'import', lines, '--quiet'], room)).ms);
		}
		measures.push({
			id: 'CLI',
			what: `import, ${rows.toLocaleString('en')} lines`,
			unit: 'ms',
			values: imports,
			floor: { what: 'a bare loop', values: loops },
			judged: 'floor over value',
			target: 0.3,
			moonshot: 0.6,
			better: 'higher'
		});

		if (quick) return measures;
		writeLines(examples, many);
		const { kb: bare } = await measured(['-e', '0'], room);
		for (const what of ['stats', 'split', 'format']) {
			const { ms, kb } = await measured([ait, what, '--quiet'], room);
			measures.push({
				id: 'CLI',
				what: `${what}, ${many.toLocaleString('en')} lines: memory`,
				unit: 'kB',
				values: [kb - bare],
				judged: 'value',
				target: roomKb,
				moonshot: roomKb / 2,
				better: 'lower',
				note: `${(ms / 1000).toFixed(1)} s`
			});
		}
		return measures;
	} finally {
		fs.rmSync(room, { recursive: true, force: true });
	}
};
