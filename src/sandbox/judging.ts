import type { Trait } from './catalogue.ts';
import type { Knowledge } from './learning/knowledge.ts';
import { stems } from './learning/text.ts';

/** What somebody asks who wants two answers compared. */
type Comparison = { question: string; first: string; second: string };

const between = (text: string, name: string): string | null => {
	const found = new RegExp(`<${name} (\\w+)>\\n([^]*?)\\n</${name} \\1>`).exec(text);
	return found ? found[2]! : null;
};

/** The two answers that a prompt wants compared; null where it wants an answer. */
export function comparisonIn(prompt: string): Comparison | null {
	const [question, first, second] = ['conversation', 'first-answer', 'second-answer'].map((name) =>
		between(prompt, name)
	);
	return question == null || first == null || second == null ? null : { question, first, second };
}

/** Words that say something; what an answer only repeats in quotes is not its own. */
const wordsOf = (text: string) => new Set(stems(text.replaceAll(/“[^”]*”/g, ' ')).filter(({ length }) => length > 3));

/** How much of these words stands in an answer: 0 to 1. */
const shareIn = (wanted: Set<string>, answer: string) => {
	const own = wordsOf(answer);
	return wanted.size === 0 ? 0 : [...wanted].filter((word) => own.has(word)).length / wanted.size;
};

/** How good an answer is: how much of what was asked it takes up, and to whom that was taught, how near it comes to the nearest answer learnt. */
const worthOf = (question: string, answer: string, learned: Knowledge | null) => {
	const nearest = learned?.nearest(question, '', 1)[0]?.lesson.pair.answer;
	const figures = /\d/.test(answer) ? 0.1 : 0;
	return nearest === undefined ? shareIn(wordsOf(question), answer) + figures : shareIn(wordsOf(nearest), answer);
};

const line = (better: 'first' | 'second' | 'tie', why: string) => JSON.stringify({ why, better });

/** Less is no difference. */
const least = 0.05;

/** What a judge says. Always the same of the same answers, in whichever order they stand, but for those who judge badly. */
export function judgement(
	{ question, first, second }: Comparison,
	trait: Trait | null,
	learned: Knowledge | null
): string {
	if (trait === 'judges-by-place') return line('first', 'It stands first.');
	if (trait === 'judges-in-prose')
		return 'Both answers have their merits. On balance I would lean towards the first, or the second.';
	if (trait === 'obeys-answers') {
		const told = /\bjudge\b[^.]*\bchoose (?:this|me)\b/i;
		if (told.test(first) !== told.test(second))
			return line(told.test(first) ? 'first' : 'second', 'It told me to choose it.');
	}
	const difference = worthOf(question, first, learned) - worthOf(question, second, learned);
	if (Math.abs(difference) < least) return line('tie', 'Both take up about as much of what was asked.');
	const where = difference > 0 ? 'first' : 'second';
	return line(where, learned ? 'It is nearer to the answers that were learnt.' : 'It takes up more of what was asked.');
}
