import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { spoken } from '../../lib/core/evaluations/answers.ts';
import { type Choice, balancedSides, choices, orderOf, resolve } from '../../lib/core/evaluations/ballots.ts';
import { planProves } from '../../lib/core/evaluations/assurance.ts';
import { singlePlan } from '../../lib/core/evaluations/plan.ts';
import { type Counts, countOutcomes, singleTally } from '../../lib/core/evaluations/tally.ts';
import { type Verdict, judge } from '../../lib/core/evaluations/verdict.ts';
import { exitCodes } from '../exit-codes.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { keptNumber } from '../files/hashes.ts';
import { trainedPrompts, versionOf } from '../files/runs.ts';
import { mustBeAsked } from '../terminal/ask.ts';
import type { Io } from '../terminal/io.ts';
import { readKeys } from '../terminal/keys.ts';
import type { Say } from '../terminal/say.ts';
import { screenOn } from '../terminal/screen.ts';
import type { Answered } from './answers.ts';
import { type Item, idForFile } from './items.ts';
import { freeName, keepResult, openEvaluation } from './keep.ts';
import { decisionsIn, questionLines } from './score.ts';

/** A question with its two answers in the order in which they are seen. `swapped`: the base comes first. */
type Ballot = Item & { swapped: boolean; first: string; second: string };

type Given = {
	io: Io;
	say: Say;
	project: Project;
	run: LocalRun;
	items: Item[];
	base: Map<string, Answered>;
	tuned: Map<string, Answered>;
	flags: { votes: string | undefined; prompts: string | undefined; reveal: boolean; 'exit-code': boolean };
};

const newSeed = () => randomBytes(8).toString('hex');

/** What is open: on the prompts of a file it is another comparison than on the validation set. */
const openOf = ({ project, run, flags }: Given) =>
	openEvaluation<Choice>(
		project,
		`compare-v${versionOf(project, run)}${flags.prompts === undefined ? '' : '-prompts'}`,
		newSeed
	);

const byKey: Record<string, Choice> = { a: 'first', b: 'second', t: 'tie', x: 'both_bad' };

const ballotsOf = ({ items, base, tuned }: Given, seed: string): Ballot[] => {
	// what several examples ask is one question
	const unique = new Map(items.map((item) => [item.key, item]));
	const order = orderOf([...unique.keys()], seed);
	const sides = balancedSides({ seed, count: order.length });
	return order.map((key, at) => {
		const [a, b] = [spoken(tuned.get(key)?.text ?? ''), spoken(base.get(key)?.text ?? '')];
		const swapped = sides[at]!;
		return { ...unique.get(key)!, swapped, first: swapped ? b : a, second: swapped ? a : b };
	});
};

const askVotes = async (
	{ io, say }: Given,
	ballots: Ballot[],
	open: ReturnType<typeof openEvaluation<Choice>>
): Promise<boolean> => {
	mustBeAsked(io, 'ait eval --compare --votes FILE');
	const done: string[] = [];
	const keys = readKeys(io);
	const screen = screenOn(io, say);
	const isOpen = ({ key }: Ballot) => open.decisions[key] === undefined;
	try {
		for (let ballot = ballots.find(isOpen); ballot; ballot = ballots.find(isOpen)) {
			const { key, input, first, second } = ballot;
			const parts: [string, string][] = [
				['What was asked', input],
				['A', first],
				['B', second]
			];
			const head = `${ballots.filter((each) => !isOpen(each)).length + 1} of ${ballots.length}`;
			screen.draw(
				questionLines(
					say,
					screen.rows(),
					head,
					parts,
					'a A is better   b B is better   t tie   x both bad   u undo   q go on later'
				)
			);
			const pressed = await keys.next();
			if (pressed === null || pressed === 'q' || pressed === 'ctrl-c') return false;
			const choice = byKey[pressed.toLowerCase()];
			if (choice) {
				open.decide(key, choice);
				done.push(key);
			} else if (pressed === 'u' && done.length > 0) open.decide(done.pop()!, null);
		}
		return true;
	} finally {
		screen.close();
		keys.close();
	}
};

type Count = Counts & { planned: number; leaked: number };

/** The votes as the verdict counts them: the trained model is A. */
const countOf = (
	{ project, run }: Given,
	ballots: readonly Ballot[],
	votes: (ballot: Ballot) => Choice | null
): Count => {
	const learnt = trainedPrompts(project, [run], keptNumber);
	const said = ballots.map((ballot) => {
		const choice = votes(ballot);
		return choice && resolve(choice, ballot.swapped);
	});
	return {
		...countOutcomes(said),
		planned: ballots.length,
		leaked: ballots.filter(({ key }) => learnt.has(parseInt(key, 36))).length
	};
};

const show = (say: Say, verdict: Verdict, tally: Count, names: { a: string; b: string }) => {
	const tone =
		verdict.kind === 'ship-it'
			? 'green'
			: verdict.kind === 'dont-ship' || verdict.kind === 'blocked'
				? 'red'
				: 'yellow';
	say.line(say.paint('bold', `${names.a} against ${names.b}`));
	say.line(
		`${tally.wins} won, ${tally.losses} lost, ${tally.ties} ties, ${tally.bothBad} both bad, of ${tally.planned}`
	);
	say.line();
	say.line(say.paint(tone, verdict.title));
	say.text(verdict.sentence);
	for (const check of verdict.checks)
		if (check.state !== 'ok') say.text(`${check.state === 'block' ? '✗' : '!'} ${check.sentence}`);
};

/** The questions with their two answers in the order of this evaluation, for whoever votes elsewhere. Nobody says which is which. */
export const ballotsFor = (given: Given) => {
	return ballotsOf(given, openOf(given).seed).map(({ exampleId, prompt, first, second }) => ({
		exampleId: idForFile(exampleId),
		prompt,
		first,
		second
	}));
};

/** Two answers side by side, blind, and what the votes allow to be said. */
export const compare = async (given: Given): Promise<number | void> => {
	const { io, say, project, run, flags, tuned, base } = given;
	const version = `v${versionOf(project, run)}`;
	const open = openOf(given);
	const ballots = ballotsOf(given, open.seed);
	if (flags.votes !== undefined) {
		const found = decisionsIn(io, flags.votes, ({ choice }) =>
			(choices as readonly unknown[]).includes(choice) ? (choice as Choice) : null
		);
		for (const { key, exampleId } of ballots) {
			const choice = found.get(exampleId ?? '');
			if (choice) open.decide(key, choice);
		}
	} else if (!flags.reveal) {
		say.note(planProves(singlePlan(ballots.length)).sentence);
		if (!(await askVotes(given, ballots, open))) {
			const voted = Object.keys(open.decisions).length;
			say.aside(
				`${voted} of ${ballots.length} judged. ait eval --compare${flags.prompts === undefined ? '' : ` --prompts ${flags.prompts}`} goes on, --reveal ends it here.`
			);
			say.json({ judged: voted, of: ballots.length, verdict: null, file: null });
			return flags['exit-code'] ? exitCodes.verdict.code : exitCodes.ok.code;
		}
	}
	const votes = ({ key }: Ballot) => open.decisions[key] ?? null;
	const tally = countOf(given, ballots, votes);
	const names = { a: version, b: run.baseModel ?? project.config.model };
	const verdict = judge(singleTally(tally, tally), names);
	const file = freeName(project, 'compare', version, io.now());
	keepResult(file, {
		baseModelId: names.b,
		fineTunedModelId: run.modelId ?? null,
		version,
		timestamp: io.now().toISOString(),
		...(flags.prompts !== undefined && { prompts: flags.prompts }),
		totalExamples: ballots.length,
		baseModelWins: tally.losses,
		fineTunedModelWins: tally.wins,
		ties: tally.ties,
		bothBad: tally.bothBad,
		verdict,
		results: ballots.map((ballot) => ({
			exampleId: idForFile(ballot.exampleId),
			input: ballot.input,
			expectedOutput: ballot.expected,
			baseOutput: base.get(ballot.key)?.text ?? '',
			fineTunedOutput: tuned.get(ballot.key)?.text ?? '',
			modelAOutput: ballot.first,
			modelBOutput: ballot.second,
			modelAIsBase: ballot.swapped,
			choice: votes(ballot)
		}))
	});
	open.end();
	show(say, verdict, tally, names);
	say.aside(`Kept in ${path.relative(io.cwd, file)}.`);
	say.json({ version, against: names.b, tally, verdict, file: path.relative(io.cwd, file) });
	return flags['exit-code'] && verdict.kind !== 'ship-it' ? exitCodes.verdict.code : exitCodes.ok.code;
};
