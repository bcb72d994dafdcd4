import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ProviderId, providerIds } from '../../lib/contract/providers.ts';
import type { Method } from '../../lib/core/runs/method.ts';
import type { Recipe } from '../../lib/core/runs/recipe.ts';
import type { RunStatus } from '../../lib/core/runs/status.ts';
import type { Deployment } from '../../lib/core/servings/serving.ts';
import { Failure } from '../exit-codes.ts';
import { brokenJson } from './json-place.ts';
import { asFailure, replaceFile } from './write.ts';

export const fileName = '.aitelier.json';
/** Its name before the original's 0.2.0. */
const oldName = '.ftpipeline.json';

/** A run as the original wrote it, and what ours says besides. */
export type LocalRun = {
	jobId: string;
	modelId?: string;
	provider: ProviderId;
	startedAt: string;
	status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
	hyperparameters: { epochs: number; batchSize: number; learningRate: number; loraR: number; loraAlpha: number };
	version?: number;
	/** Our word for its status, finer than the original's. */
	stage?: RunStatus;
	mark?: string;
	baseModel?: string;
	/** Missing: with examples. */
	method?: Method;
	/** What has to be deployed, where a model does not answer at once. */
	modelObject?: string;
	recipe?: Recipe;
	finishedAt?: string;
	trainCount?: number;
	validationCount?: number;
	problem?: string;
	costCents?: number;
	serving?: { deployment: Deployment; centsPerHour: number | null; since: string };
	[field: string]: unknown;
};

export type Config = {
	name: string;
	provider: ProviderId;
	model: string;
	systemPrompt?: string;
	qualityThreshold: number;
	runs: LocalRun[];
	/** Where a server of one's own is. */
	baseUrl?: string;
	[field: string]: unknown;
};

export type Project = {
	/** Where `.aitelier.json` lies. */
	folder: string;
	config: Config;
	/** As it stands in the file, so that what nobody changes stays as it is written. */
	text: string;
};

export const dataFolder = (project: Pick<Project, 'folder'>) => path.join(project.folder, 'data');
export const examplesFile = (project: Pick<Project, 'folder'>) => path.join(dataFolder(project), 'examples.jsonl');

/** The folder with the project: this one, or one above it. */
const findFolder = (cwd: string): string | null => {
	for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
		if (existsSync(path.join(folder, fileName))) return folder;
		if (path.dirname(folder) === folder) return null;
	}
};

const whatIsWrong = (config: Record<string, unknown>): string | null => {
	if (typeof config.name !== 'string' || config.name.trim() === '') return 'has no "name"';
	if (!(providerIds as readonly unknown[]).includes(config.provider))
		return `has the provider ${JSON.stringify(config.provider) ?? 'missing'}; known are ${providerIds.join(', ')}`;
	if (typeof config.model !== 'string' || config.model.trim() === '') return 'has no "model"';
	const threshold = config.qualityThreshold ?? 8;
	if (typeof threshold !== 'number' || !(threshold >= 1 && threshold <= 10))
		return 'has a "qualityThreshold" that is no number from 1 to 10';
	if (config.systemPrompt != null && typeof config.systemPrompt !== 'string')
		return 'has a "systemPrompt" that is not text';
	return config.runs === undefined || Array.isArray(config.runs) ? null : 'has "runs" that are not a list';
};

/** Reads what a text says of a project. Throws a failure that names the place and what mends it. */
export const readConfig = (text: string, file: string): Config => {
	if (text.includes('\u0000')) throw new Failure(`${file} is not saved as UTF-8.`, 'save it as UTF-8, in an editor');
	if (text.trim() === '') throw new Failure(`${file} is empty.`, `mv ${file} ${file}.old && ait init`);
	const broken = brokenJson(text);
	if (broken)
		throw new Failure(
			`${file} is not valid JSON: line ${broken.line}, column ${broken.column}.`,
			`${broken.mend}, in line ${broken.line}`
		);
	const config = JSON.parse(text.replace(/^\ufeff/, '')) as Record<string, unknown> | null;
	if (typeof config !== 'object' || config === null || Array.isArray(config))
		throw new Failure(`${file} is not an object with the fields of a project.`, `mv ${file} ${file}.old && ait init`);
	const wrong = whatIsWrong(config);
	if (wrong) throw new Failure(`${file} ${wrong}.`, `mend it in ${file}`);
	return { ...config, qualityThreshold: config.qualityThreshold ?? 8, runs: config.runs ?? [] } as Config;
};

/** The project of this folder or of one above it. Throws a failure that names `ait init`. */
export const openProject = (cwd: string): Project => {
	const folder = findFolder(cwd);
	if (folder === null) {
		if (existsSync(path.join(cwd, oldName)))
			throw new Failure(
				`This project has its settings in ${oldName}, as they were once called.`,
				`mv ${oldName} ${fileName}`
			);
		throw new Failure('There is no aitelier project here.', 'ait init');
	}
	const file = path.join(folder, fileName);
	try {
		const text = readFileSync(file, 'utf8');
		return { folder, text, config: readConfig(text, fileName) };
	} catch (problem) {
		throw asFailure(problem, file);
	}
};

/** Whether a field without a value in the file got one only by being read. */
const isAdded = (before: Record<string, unknown>, name: string, value: unknown) =>
	before[name] === undefined &&
	((name === 'qualityThreshold' && value === 8) || (name === 'runs' && Array.isArray(value) && value.length === 0));

/** Writes what has changed, in the file's own indent and line ends. What we do not know stays. */
export const saveProject = (project: Project): void => {
	const file = path.join(project.folder, fileName);
	// a run may have been written down by another terminal since: read again under the lock, by whoever changes
	const before =
		project.text === '' ? {} : (JSON.parse(project.text.replace(/^\ufeff/, '')) as Record<string, unknown>);
	const isNew = project.text === '';
	const kept = Object.fromEntries(
		Object.entries(project.config).filter(([name, value]) => isNew || !isAdded(before, name, value))
	);
	const indent = /\n([ \t]+)"/.exec(project.text)?.[1] ?? '  ';
	const isCrlf = project.text.includes('\r\n');
	const end = project.text === '' || /\n$/.test(project.text) ? '\n' : '';
	const text = `${JSON.stringify(kept, null, indent)}${end}`;
	project.text = isCrlf ? text.replaceAll('\n', '\r\n') : text;
	replaceFile(file, project.text);
};
