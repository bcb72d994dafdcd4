import type { Edit } from './mutant.ts';
import { isMutant } from './trial.ts';

/** An edit, and the mutant that has it. */
export type Switched = Edit & { id: string };

/** A file in which every edit stands beside what it replaces; `isMutant` is asked whose turn it is. What overlaps is left out. */
export const withSwitches = (code: string, edits: readonly Switched[]): string => {
	const sorted = edits.toSorted((one, two) => one.from - two.from || two.to - one.to);
	const written = (from: number, to: number, within: readonly Switched[]): string => {
		let text = '';
		let at = from;
		for (let i = 0; i < within.length;) {
			const outer = within[i]!;
			const isSame = (edit: Switched) => edit.from === outer.from && edit.to === outer.to;
			const inside = within.slice(i).filter((edit) => edit.from < outer.to);
			const inner = inside.filter((edit) => edit.to <= outer.to && !isSame(edit));
			const original = written(outer.from, outer.to, inner);
			text += code.slice(at, outer.from) + inside.filter(isSame).reduce(switched, original);
			at = outer.to;
			i += inside.length;
		}
		return text + code.slice(at, to);
	};
	return written(0, code.length, sorted);
};

const switched = (original: string, { id, text }: Switched) =>
	`(globalThis.${isMutant}?.(${JSON.stringify(id)}) ? (${text}) : (${original}))`;
