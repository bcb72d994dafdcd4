import { stampOf } from '../access/counted.ts';
import type { Tx } from '../access/scope.ts';

/** So many answers stay in this process, those of the projects that were asked about last. */
const most = 200;
const answers = new Map<string, { stamp: string; answer: unknown }>();

/** Looks, or answers what was seen when nothing was another. */
export type Kept = <T>(what: string, look: () => Promise<T>) => Promise<T>;

/**
 * A step: a way to look through a project's examples only when one of them has changed since the last look. For transactions that only look:
 * one that has changed examples itself would keep what may never be.
 */
export const keptOf = async (tx: Tx, projectId: string): Promise<Kept> => {
	// asked first: what is seen afterwards is at least as new
	const stamp = await stampOf(tx, projectId);
	return async <T>(what: string, look: () => Promise<T>): Promise<T> => {
		const name = `${projectId} ${what}`;
		const known = answers.get(name);
		answers.delete(name);
		const answer = known?.stamp === stamp ? (known.answer as T) : await look();
		answers.set(name, { stamp, answer });
		if (answers.size > most) answers.delete(answers.keys().next().value!);
		return answer;
	};
};
