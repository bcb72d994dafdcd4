import { figure } from '../../lib/core/text/figure.ts';
import { accessSync, constants } from 'node:fs';
import { providerFacts } from '../../lib/contract/providers.ts';
import type { doctor } from '../commands/doctor.ts';
import type { Deed } from '../deed.ts';
import { Failure, exitCodes } from '../exit-codes.ts';
import { type Unreadable, eachExample } from '../files/examples.ts';
import { findKey } from '../files/credentials.ts';
import { promptNumber, numberSet } from '../files/hashes.ts';
import { type Project, dataFolder, openProject } from '../files/project.ts';
import { reading } from '../files/session.ts';
import type { Found } from '../found.ts';
import { connect } from '../providers.ts';
import { findLoginState } from '../remote/login-found.ts';
import type { Io } from '../terminal/io.ts';
import { stageOf } from '../training/order.ts';

const mostNamed = 20;

const project = (io: Io): [Found, Project | null] => {
	try {
		const opened = openProject(io.cwd);
		return [{ level: 'ok', what: 'Project', sentence: `${opened.config.name}, in ${opened.folder}.` }, opened];
	} catch (problem) {
		if (!(problem instanceof Failure)) throw problem;
		return [
			{ level: 'problem', what: 'Project', sentence: problem.message, ...(problem.mend && { mend: problem.mend }) },
			null
		];
	}
};

const writable = (opened: Project): Found => {
	try {
		for (const folder of [opened.folder, dataFolder(opened)]) accessSync(folder, constants.W_OK);
		return { level: 'ok', what: 'Folder', sentence: 'It can be written.' };
	} catch {
		return {
			level: 'problem',
			what: 'Folder',
			sentence: 'It may not be written here.',
			mend: `ls -ld ${dataFolder(opened)}`
		};
	}
};

/** Every line to its end, and what no single line can show. */
const examples = (opened: Project): Found[] => {
	const unreadable: Unreadable[] = [];
	const ids = new Map<string, number>();
	const sides = { train: numberSet(), val: numberSet() };
	let [count, broken, leaks] = [0, 0, 0];
	let twice: string | null = null;
	try {
		eachExample(
			opened,
			({ id, line, messages, split }) => {
				count++;
				if (id !== null && ids.has(id)) twice ??= `${id} (lines ${ids.get(id)} and ${line})`;
				if (id !== null) ids.set(id, line);
				if (split === null) return;
				const prompt = promptNumber(messages);
				sides[split].add(prompt);
				if (sides[split === 'train' ? 'val' : 'train'].has(prompt)) leaks++;
			},
			(line) => {
				if (++broken <= mostNamed) unreadable.push(line);
			}
		);
	} catch (problem) {
		if (!(problem instanceof Failure)) throw problem;
		return [
			{ level: 'warn', what: 'Examples', sentence: problem.message, ...(problem.mend && { mend: problem.mend }) }
		];
	}
	const found: Found[] = [{ level: 'ok', what: 'Examples', sentence: `${figure(count)} can be read.` }];
	for (const { line, reason } of unreadable)
		found.push({
			level: 'problem',
			what: 'Line',
			sentence: `${reason}.`,
			mend: `line ${line} of data/examples.jsonl, in an editor`
		});
	if (broken > mostNamed)
		found.push({ level: 'problem', what: 'Line', sentence: `${broken - mostNamed} more cannot be read.` });
	if (twice !== null)
		found.push({
			level: 'warn',
			what: 'Ids',
			sentence: `Two examples are called ${twice}.`,
			mend: 'ait show #LINE tells them apart'
		});
	if (leaks > 0)
		found.push({
			level: 'problem',
			what: 'Leaks',
			sentence: `${leaks} ask what stands on the other side of the split too.`,
			mend: 'ait edit ID --delete, for one of each'
		});
	return found;
};

const key = (io: Io, opened: Project): Found => {
	const { name, key: needs } = providerFacts[opened.config.provider];
	if (needs === 'none') return { level: 'ok', what: 'Key', sentence: `${name} needs none.` };
	try {
		const found = findKey(io, opened);
		if (found) return { level: 'ok', what: 'Key', sentence: `From ${found.from}.` };
		if (needs === 'optional') return { level: 'ok', what: 'Key', sentence: 'None, which many servers do without.' };
		return {
			level: 'problem',
			what: 'Key',
			sentence: `There is none for ${name}.`,
			mend: `ait key ${opened.config.provider}`
		};
	} catch (problem) {
		if (!(problem instanceof Failure)) throw problem;
		return { level: 'problem', what: 'Key', sentence: problem.message, ...(problem.mend && { mend: problem.mend }) };
	}
};

const provider = async (io: Io, opened: Project): Promise<Found[]> => {
	const { name } = providerFacts[opened.config.provider];
	try {
		const connected = await connect(io, opened);
		const answer = await connected.provider.check(connected.access);
		if (!answer.ok)
			return [{ level: 'problem', what: name, sentence: answer.reason, mend: `ait key ${opened.config.provider}` }];
		const model = await connected.provider.model(connected.access, opened.config.model);
		const note = answer.note ? ` ${answer.note}` : '';
		return [
			{ level: 'ok', what: name, sentence: `Answers, with ${answer.models} models.${note}` },
			model?.trainable
				? { level: 'ok', what: 'Model', sentence: `${model.name} can be trained.` }
				: {
						level: 'warn',
						what: 'Model',
						sentence: `${opened.config.model} cannot be trained there.`,
						mend: 'another "model" in .aitelier.json'
					}
		];
	} catch (problem) {
		const isKnown = problem instanceof Failure || (problem as Error).name === 'ProviderError';
		if (!isKnown) throw problem;
		const mend = opened.config.provider === 'sandbox' ? 'ait sandbox' : undefined;
		return [{ level: 'problem', what: name, sentence: (problem as Error).message, ...(mend && { mend }) }];
	}
};

const served = ({ config }: Project, now: Date): Found[] =>
	config.runs
		.filter(({ serving }) => serving)
		.map((run) => {
			const hours = (now.getTime() - Date.parse(run.serving!.since)) / 3_600_000;
			return {
				level: 'warn',
				what: 'Deployed',
				sentence: `v${run.version} (${stageOf(run)}) costs by the minute, for ${hours.toFixed(1)} h now.`,
				mend: 'ait stop'
			};
		});

const marks = { ok: ['green', '✓'], warn: ['yellow', '!'], problem: ['red', '✗'] } as const;

export const deed: Deed<typeof doctor> = async ({ io, say, flags }) => {
	const [about, opened] = project(io);
	const found = [about];
	if (opened) {
		const current = reading(io, say);
		found.push(writable(current), ...examples(current), key(io, current), ...served(current, io.now()));
		if (!flags.offline && found.every(({ level, what }) => what !== 'Key' || level === 'ok'))
			found.push(...(await provider(io, current)));
	}
	found.push(...(await findLoginState(io, flags)));
	for (const { level, what, sentence, mend } of found) {
		const [tone, mark] = marks[level];
		say.item(tone, mark, what, sentence);
		if (mend) say.line(say.paint('dim', `  Try: ${mend}`));
	}
	const isWell = found.every(({ level }) => level !== 'problem');
	say.json({ isWell, found });
	return isWell ? exitCodes.ok.code : exitCodes.failed.code;
};
