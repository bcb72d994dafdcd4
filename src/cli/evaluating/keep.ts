import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../exit-codes.ts';
import { type Project, dataFolder } from '../files/project.ts';
import { asFailure, replaceFile } from '../files/write.ts';

const folderOf = (project: Project) => path.join(dataFolder(project), 'evals');

/** `eval-v1-2026-02-12.json`, with a number behind when that is taken: nothing is ever written over. */
export const freeName = (project: Project, kind: 'eval' | 'compare', version: string, now: Date): string => {
	const start = path.join(folderOf(project), `${kind}-${version}-${now.toISOString().slice(0, 10)}`);
	for (let number = 1; ; number++) {
		const file = `${start}${number === 1 ? '' : `-${number}`}.json`;
		if (!existsSync(file)) return file;
	}
};

export const keepResult = (file: string, result: unknown): void => {
	mkdirSync(path.dirname(file), { recursive: true });
	replaceFile(file, `${JSON.stringify(result, null, 2)}\n`);
};

/** What has been decided in an evaluation that is not over, by the key of the item. */
export type Open<Decision> = { seed: string; decisions: Record<string, Decision> };

/** An evaluation that goes on where it was left: each decision is on the disk before the next question. */
export const openEvaluation = <Decision>(project: Project, name: string, seed: () => string) => {
	const file = path.join(folderOf(project), `.${name}.json`);
	let state: Open<Decision> = { seed: seed(), decisions: {} };
	if (existsSync(file)) {
		try {
			state = JSON.parse(readFileSync(file, 'utf8')) as Open<Decision>;
		} catch (problem) {
			throw problem instanceof SyntaxError
				? new Failure(`${file} is broken.`, `rm ${file} begins the evaluation anew`)
				: asFailure(problem, file);
		}
	}
	const save = () => {
		mkdirSync(folderOf(project), { recursive: true });
		replaceFile(file, JSON.stringify(state));
	};
	save();
	return {
		seed: state.seed,
		decisions: state.decisions,
		decide(key: string, decision: Decision | null) {
			if (decision === null) delete state.decisions[key];
			else state.decisions[key] = decision;
			save();
		},
		end: () => rmSync(file, { force: true })
	};
};
