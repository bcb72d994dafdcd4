import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bands } from '../../lib/core/ratings/scale.ts';
import { summaryOf } from '../../lib/core/evaluations/scoring.ts';
import { spoken } from '../../lib/core/evaluations/answers.ts';
import { Failure } from '../exit-codes.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { versionOf } from '../files/runs.ts';
import { asFailure } from '../files/write.ts';
import { mustBeAsked } from '../terminal/ask.ts';
import type { Io } from '../terminal/io.ts';
import { readKeys } from '../terminal/keys.ts';
import { folded, harmless } from '../terminal/plain.ts';
import type { Say } from '../terminal/say.ts';
import { screenOn } from '../terminal/screen.ts';
import type { Answered } from './answers.ts';
import { type Item, idForFile } from './items.ts';
import { freeName, keepResult, openEvaluation } from './keep.ts';

/** From here on an answer could be sent as it is. */
const sendableFrom = bands.find(({ id }) => id === 'great')!.from;

/** Lines of JSON with an example each, checked by `read`, which answers null for what is none. */
export const decisionsIn = <T>(
	io: Pick<Io, 'cwd'>,
	name: string,
	read: (row: Record<string, unknown>) => T | null
): Map<string, T> => {
	const decisions = new Map<string, T>();
	let text: string;
	try {
		text = readFileSync(path.resolve(io.cwd, name), 'utf8');
	} catch (problem) {
		throw asFailure(problem, name);
	}
	for (const [at, line] of text.split('\n').entries()) {
		if (line.trim() === '') continue;
		let row: Record<string, unknown> | null = null;
		try {
			row = JSON.parse(line) as Record<string, unknown>;
		} catch {
			// told below, with its number
		}
		const decision = row === null ? null : read(row);
		if (decision === null)
			throw new Failure(
				`Line ${at + 1} of ${name} is not as it should be: ${line.slice(0, 60)}`,
				'ait eval --help shows the fields',
				'usage'
			);
		decisions.set(String(row!.exampleId), decision);
	}
	return decisions;
};

const box = (say: Say, title: string, text: string, most: number): string[] => {
	const lines = folded(harmless(text), say.columns - 2);
	const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`];
	return [say.paint('cyan', title), ...shown.map((line) => `  ${line}`), ''];
};

/** What was asked, and answers to it, within the rows of the terminal. */
export const questionLines = (
	say: Say,
	rows: number,
	head: string,
	parts: readonly [title: string, text: string][],
	foot: string
): string[] => {
	const most = Math.max(3, Math.floor((rows - 6) / parts.length) - 2);
	return [
		say.paint('bold', head),
		'',
		...parts.flatMap(([title, text]) => box(say, title, text, most)),
		say.paint('dim', foot)
	];
};

type Given = {
	io: Io;
	say: Say;
	project: Project;
	run: LocalRun;
	items: Item[];
	tuned: Map<string, Answered>;
	flags: { scores: string | undefined };
};

const askScores = async (
	{ io, say, items, tuned }: Given,
	open: ReturnType<typeof openEvaluation<number>>
): Promise<boolean> => {
	mustBeAsked(io, 'ait eval --scores FILE');
	const left = items.filter(({ key }) => open.decisions[key] === undefined);
	const done: string[] = [];
	const keys = readKeys(io);
	const screen = screenOn(io, say);
	try {
		for (let at = 0; at < left.length;) {
			const { key, input, expected } = left[at]!;
			const parts: [string, string][] = [
				['What was asked', input],
				['Expected', expected],
				['What it said', spoken(tuned.get(key)?.text ?? '')]
			];
			screen.draw(
				questionLines(
					say,
					screen.rows(),
					`${at + 1} of ${left.length}`,
					parts,
					'1-9, 0 = ten   s skip   u undo   q go on later'
				)
			);
			const pressed = await keys.next();
			if (pressed === null || pressed === 'q' || pressed === 'ctrl-c') return false;
			if (/^\d$/.test(pressed)) {
				open.decide(key, pressed === '0' ? 10 : Number(pressed));
				done.push(key);
				at++;
			} else if (pressed === 's') at++;
			else if (pressed === 'u' && done.length > 0) {
				const last = done.pop()!;
				open.decide(last, null);
				at = left.findIndex((item) => item.key === last);
			}
		}
		return true;
	} finally {
		screen.close();
		keys.close();
	}
};

/** Each answer beside the expected one, 1 to 10. What is skipped is not counted. */
export const score = async (given: Given): Promise<number | void> => {
	const { io, say, project, run, items, tuned, flags } = given;
	const version = `v${versionOf(project, run)}`;
	let scores: (item: Item) => number | null;
	let end = () => {};
	if (flags.scores !== undefined) {
		const found = decisionsIn(io, flags.scores, ({ score: each }) =>
			typeof each === 'number' && Number.isInteger(each) && each >= 1 && each <= 10 ? each : null
		);
		scores = ({ exampleId }) => found.get(exampleId ?? '') ?? null;
	} else {
		const open = openEvaluation<number>(project, `eval-${version}`, () => '');
		if (!(await askScores(given, open))) {
			say.aside(`${Object.keys(open.decisions).length} of ${items.length} scored. ait eval goes on.`);
			say.json({ scored: Object.keys(open.decisions).length, of: items.length, file: null });
			return;
		}
		scores = ({ key }) => open.decisions[key] ?? null;
		end = open.end;
	}
	const results = items.flatMap((item) => {
		const given = scores(item);
		return given === null
			? []
			: [
					{
						exampleId: idForFile(item.exampleId),
						input: item.input,
						expectedOutput: item.expected,
						actualOutput: tuned.get(item.key)?.text ?? '',
						score: given
					}
				];
	});
	if (results.length === 0) throw new Failure('No answer was scored.', 'ait eval');
	const summary = summaryOf(
		results.map((each) => each.score),
		sendableFrom
	);
	const { average: averageScore, sendableRate } = summary as { average: number; sendableRate: number };
	const file = freeName(project, 'eval', version, io.now());
	keepResult(file, {
		modelId: run.modelId ?? null,
		version,
		timestamp: io.now().toISOString(),
		totalExamples: results.length,
		averageScore,
		sendableRate,
		scale: 10,
		sendableFrom,
		results
	});
	end();
	say.line(
		`${version}: ${averageScore.toFixed(1)} on average of ${results.length}, ${Math.round(100 * sendableRate)} % could be sent (${sendableFrom} or better).`
	);
	say.aside(`Kept in ${path.relative(io.cwd, file)}.`);
	say.json({
		version,
		scored: results.length,
		averageScore,
		sendableRate,
		sendableFrom,
		file: path.relative(io.cwd, file)
	});
};
