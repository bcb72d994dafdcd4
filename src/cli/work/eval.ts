import { formatCents } from '../../lib/core/runs/cost.ts';
import type { evaluate } from '../commands/eval.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { type Answered, type Settings, answersOf, areAnswered } from '../evaluating/answers.ts';
import { ballotsFor, compare } from '../evaluating/compare.ts';
import { type Item, itemsOf } from '../evaluating/items.ts';
import { score } from '../evaluating/score.ts';
import type { LocalRun, Project } from '../files/project.ts';
import { versionOf } from '../files/runs.ts';
import { writing } from '../files/session.ts';
import { type Connected, connect } from '../providers.ts';
import { agreed } from '../terminal/ask.ts';
import type { Io } from '../terminal/io.ts';
import type { Say } from '../terminal/say.ts';
import { versionIn } from '../training/follow.ts';
import { callName, costSoFar, priceOf, readyRun, startServing, stopServing } from '../training/serving.ts';
import { gatherUnreadable } from '../unreadable.ts';

type Flags = Parameters<Deed<typeof evaluate>>[0]['flags'];
type Given = { io: Io; say: Say; project: Project; run: LocalRun; flags: Flags; settings: Settings; items: Item[] };

/** The name of a run's answers, which stays though every deployment has another. */
const nameOf = (project: Project, run: LocalRun) => `v${versionOf(project, run)}-${run.jobId}`;

/** The tuned model's answers, deployed for as long as it takes where that was asked for. */
const tunedAnswers = async ({ io, say, project, run, flags, settings, items }: Given, connected: Connected) => {
	const name = nameOf(project, run);
	const model = () => callName(project, run, connected);
	const ask = () => answersOf(io, project, { model, name, connected, settings, items, quiet: flags.quiet });
	const isServed = connected.provider.servesTunedModels === 'at-once' || run.serving !== undefined;
	if (!flags.serve || isServed || areAnswered(project, name, settings, items)) return ask();
	const centsPerHour = await priceOf(run, connected);
	const price =
		centsPerHour === null ? 'at a price the provider does not name' : `for ${formatCents(centsPerHour)} an hour`;
	const question = `Deploy v${versionOf(project, run)} ${price} while it answers?`;
	if (!(await agreed(io, say, question, { yes: flags.yes, mend: 'ait eval --serve --yes' })))
		throw new Failure('Nothing was deployed.');
	await startServing(project, run, connected, { io, say, centsPerHour });
	try {
		return await ask();
	} finally {
		const cost = costSoFar(run, io.now());
		await stopServing(project, run, connected, io);
		say.note(`The model is stopped. ${cost}`);
	}
};

const baseAnswers = ({ io, project, run, settings, items, flags }: Given, connected: Connected) => {
	const name = run.baseModel ?? project.config.model;
	return answersOf(io, project, { model: () => name, name, connected, settings, items, quiet: flags.quiet });
};

export const deed: Deed<typeof evaluate> = ({ io, say, args, flags }) =>
	writing(io, say, 'eval', async (project) => {
		const run = readyRun(project, versionIn(args[0]));
		const unreadable = gatherUnreadable();
		const { prompts } = flags;
		if (prompts !== undefined && !flags.compare)
			throw new Failure(
				'Prompts have no expected answers, so they can only be compared.',
				`ait eval --compare --prompts ${prompts}`,
				'usage'
			);
		const items =
			prompts === undefined
				? itemsOf(project, unreadable)
				: await (await import('../evaluating/prompts.ts')).promptItems({ io, say, project }, prompts, unreadable);
		const settings = { temperature: flags.temperature, maxTokens: flags['max-tokens'] };
		const connected = await connect(io, { ...project, config: { ...project.config, provider: run.provider } });
		const given = { io, say, project, run, flags, settings, items };
		const base = flags.compare ? await baseAnswers(given, connected) : new Map<string, Answered>();
		const tuned = await tunedAnswers(given, connected);
		unreadable.tell(say);
		if (flags.generate) {
			say.aside(
				`${items.length} answers are kept. Next: ait eval${flags.compare ? ' --compare' : ''}${prompts === undefined ? '' : ` --prompts ${prompts}`}`
			);
			say.json({ answers: items.length, ...(flags.compare && { ballots: ballotsFor({ ...given, base, tuned }) }) });
			return;
		}
		return flags.compare ? compare({ ...given, base, tuned }) : score({ ...given, tuned });
	});
