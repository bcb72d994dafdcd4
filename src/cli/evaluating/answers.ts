import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Project, dataFolder } from '../files/project.ts';
import { asFailure } from '../files/write.ts';
import type { Connected } from '../providers.ts';
import type { Io } from '../terminal/io.ts';
import { progressOn } from '../terminal/progress.ts';
import type { Item } from './items.ts';

export type Answered = { key: string; text: string; finishReason: string | null; latencyMs: number };

export type Settings = { temperature: number; maxTokens: number };

/** As the original makes a file name of a model. */
const fileNameOf = (model: string): string => model.replace(/[/\\:]/g, '_');

const patience = { firstWaitMs: 500, longestWaitMs: 60_000, giveUpAfterMs: 3 * 60_000 };

const keptIn = (file: string): Map<string, Answered> => {
	const kept = new Map<string, Answered>();
	if (!existsSync(file)) return kept;
	for (const line of readFileSync(file, 'utf8').split('\n')) {
		try {
			const answer = JSON.parse(line) as Answered;
			kept.set(answer.key, answer);
		} catch {
			// the line that was being written when the process ended
		}
	}
	return kept;
};

const folderOf = (project: Project) => path.join(dataFolder(project), 'evals', 'answers');

const fileOf = (project: Project, name: string, { temperature, maxTokens }: Settings): string =>
	path.join(folderOf(project), `${fileNameOf(name)}-${temperature}-${maxTokens}.jsonl`);

/** Whether every item has its answer already, so that no model has to be there. */
export const areAnswered = (project: Project, name: string, settings: Settings, items: readonly Item[]): boolean => {
	const kept = keptIn(fileOf(project, name, settings));
	return items.every(({ key }) => kept.has(key));
};

/**
 * What a model answers to each item. Every answer is kept the moment it comes and is not paid for twice: whoever was cut off
 * goes on where they ended.
 */
export const answersOf = async (
	io: Io,
	project: Project,
	{
		model,
		name,
		connected,
		settings,
		items,
		quiet
	}: {
		/** The name by which it answers now; only asked for when there is something to ask. */
		model: () => string;
		/** What it is called in the file: a deployment has another name each time. */
		name: string;
		connected: Connected;
		settings: Settings;
		items: readonly Item[];
		quiet: boolean;
	}
): Promise<Map<string, Answered>> => {
	const folder = folderOf(project);
	const file = fileOf(project, name, settings);
	try {
		mkdirSync(folder, { recursive: true });
	} catch (problem) {
		throw asFailure(problem, folder);
	}
	const kept = keptIn(file);
	const open = items.filter(({ key }) => !kept.has(key));
	const unique = [...new Map(open.map((item) => [item.key, item])).values()];
	if (unique.length === 0) return kept;
	const { provider, access } = connected;
	const called = model();
	await provider.check(access); // whoever is away is told at once: the questions themselves wait for minutes
	const { answerAll } = await import('../../lib/server/providers/answering.ts');
	const progress = progressOn(io, `${name} answers`, { total: unique.length, quiet });
	let done = 0;
	try {
		await answerAll(
			unique,
			({ prompt }, signal) =>
				provider.chat({ ...access, signal }, { model: called, messages: prompt, ...settings }, () => {}),
			async ({ key }, { text, finishReason, latencyMs }) => {
				const answer: Answered = { key, text, finishReason, latencyMs };
				appendFileSync(file, `${JSON.stringify(answer)}\n`);
				kept.set(key, answer);
				progress.at(++done);
			},
			{ signal: io.signal, patience }
		);
	} finally {
		progress.end();
	}
	return kept;
};
