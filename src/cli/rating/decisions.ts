import type { Candidates } from '../files/candidates.ts';
import { type Edit, type Example, editedLine, readExample } from '../files/examples.ts';
import { encoded } from '../files/lines.ts';
import { applyPending, openPending } from '../files/pending.ts';
import type { Project } from '../files/project.ts';

type Done = { at: number; before: Example; isRewrite: boolean };

/** What a person decides about cards, each written down before the next is shown, and taken back in turn. */
export const decisionsOn = (project: Project, cards: Candidates) => {
	const pending = openPending(project);
	const now = new Map<number, Example>();
	const history: Done[] = [];
	const current = (at: number) => now.get(at) ?? cards.read(at);
	const write = ({ line }: Example, at: number, bytes: string) => {
		pending.put(line, encoded(cards.read(at).text), bytes);
		now.set(at, readExample(bytes, line) as Example);
	};
	return {
		/** A card as it stands now. */
		current,
		decide(at: number, edit: Edit) {
			const before = current(at);
			write(before, at, editedLine(before, edit));
			history.push({ at, before, isRewrite: edit.rewrite !== undefined });
		},
		/** Takes the last one back, and says of which card it was. Null where there is none. */
		undo(): number | null {
			const last = history.pop();
			if (!last) return null;
			write(last.before, last.at, encoded(last.before.text));
			return last.at;
		},
		/** What stands of it: how many were rated and rewritten, and the average of those that were touched. */
		summary() {
			const rewritten = history.filter(({ isRewrite }) => isRewrite).length;
			const scores = [...now.values()].flatMap(({ rating }) => rating ?? []);
			const sum = scores.reduce((total, score) => total + score, 0);
			return {
				rated: history.length - rewritten,
				rewritten,
				average: scores.length === 0 ? null : sum / scores.length
			};
		},
		/** Puts all of it into the file. */
		end() {
			pending.close();
			applyPending(project);
		}
	};
};
