import { rewriteProblem } from '../../lib/core/examples/conversation.ts';
import { answerAt } from '../../lib/core/examples/example.ts';
import { type Candidates } from '../files/candidates.ts';
import { answerOf } from '../files/examples.ts';
import type { Project } from '../files/project.ts';
import { edited } from '../terminal/editor.ts';
import type { Io } from '../terminal/io.ts';
import { readKeys } from '../terminal/keys.ts';
import type { Say } from '../terminal/say.ts';
import { screenOn } from '../terminal/screen.ts';
import { typed } from '../terminal/typed.ts';
import { cardLines, endLines } from './card.ts';
import { decisionsOn } from './decisions.ts';

const ends = new Set(['q', 'ctrl-c', 'ctrl-d', 'escape']);

/** Card after card on the whole screen, until the person ends it. Answers what was done. */
export const rateCards = async (project: Project, io: Io, say: Say, cards: Candidates) => {
	const threshold = project.config.qualityThreshold;
	const decisions = decisionsOn(project, cards);
	const keys = readKeys(io);
	const screen = screenOn(io, say);
	const seen = new Set<number>();
	let [at, skipped] = [0, 0];
	let isFolded = true;
	let message = '';
	let proposed: number | null = null; // a rewrite asks for its rating
	io.signal.addEventListener('abort', screen.close);

	const go = (to: number, said = '') => {
		at = Math.max(0, to);
		message = said;
		proposed = null;
	};
	const give = (score: number) => {
		decisions.decide(at, { rating: score });
		go(at + 1, `Rated ${score}. u takes it back.`);
	};
	const draw = (more: { isWritten?: true } = {}) => {
		const place = { at, count: cards.count, message, isFolded, threshold, rows: screen.rows(), ...more };
		screen.draw(at >= cards.count ? endLines(say, message) : cardLines(say, decisions.current(at), place));
	};
	const rewrite = async (isOnTheSpot: boolean) => {
		const example = decisions.current(at);
		const before = answerOf(example);
		let text: string;
		if (isOnTheSpot) {
			draw({ isWritten: true });
			text = await screen.writing(() => typed(io, keys));
		} else {
			screen.close();
			keys.pause();
			try {
				text = await edited(io, before, 'answer.md');
			} finally {
				keys.resume();
				screen.open();
			}
		}
		if (text === '' || text === before) return go(at, 'The answer stays as it was.');
		const problem = rewriteProblem(text);
		if (problem) return go(at, `Not taken over: ${problem}.`);
		const original = example.messages[answerAt(example.messages)]!.content;
		decisions.decide(at, { rewrite: text === original ? null : text });
		proposed = Math.max(9, Math.ceil(threshold));
		message = `Rewritten. How good is it now? Enter for ${proposed}.`;
	};
	const undo = () => {
		const of = decisions.undo();
		if (of === null) message = 'There is nothing to take back.';
		else go(of, 'Taken back.');
	};
	const skip = () => {
		skipped++;
		go(at + 1);
	};
	const acts: Record<string, () => unknown> = {
		r: () => rewrite(false),
		i: () => rewrite(true),
		s: skip,
		right: skip,
		left: () => go(at - 1),
		u: undo,
		f: () => (isFolded = !isFolded),
		enter: () => proposed !== null && give(proposed)
	};
	try {
		while (cards.count > 0) {
			const isEnd = at >= cards.count;
			if (!isEnd) seen.add(at);
			draw();
			const key = await keys.next();
			if (key === null || ends.has(key) || (isEnd && key !== 'u' && key !== 'left')) break;
			if (/^\d$/.test(key)) give(key === '0' ? 10 : Number(key));
			else await acts[key]?.();
		}
	} finally {
		io.signal.removeEventListener('abort', screen.close);
		screen.close();
		keys.close();
		decisions.end();
	}
	return { shown: seen.size, skipped, ...decisions.summary() };
};
