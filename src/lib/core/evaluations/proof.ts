import { controlTokenIn } from '../examples/control-tokens.ts';
import { spoken } from './answers.ts';

/** So many prompts that a model was trained on are asked before anybody votes on it. */
export const proofPrompts = 5;

/** The same words again and again are how a model talks whose weights or template are wrong; a list of like lines is no such thing. */
const isStuck = (text: string): boolean => {
	const words = text.split(/\s+/);
	return words.length >= 30 && new Set(words).size <= words.length / 10;
};

/** Whether an answer to a prompt that it knows by heart is none: nothing, a turn's own signs, or one word for ever. */
const isBroken = (answer: string): boolean => {
	const said = spoken(answer).trim();
	return said === '' || controlTokenIn(said) !== null || isStuck(said);
};

/**
 * Why a deployed model is not worth anybody's votes, in a sentence; null where it talks. A wrong chat template or a merge that
 * failed shows in most answers, not in one.
 */
export const proofProblem = (answers: readonly string[], ofBase = false): string | null => {
	const broken = answers.filter(isBroken).length;
	if (broken * 2 <= answers.length) return null;
	const answered = `and ${broken} answers were empty, endless or full of control signs`;
	if (ofBase)
		return `The deployed base model was asked ${answers.length} training prompts, ${answered}. Its chat template is wrong at the provider. Nobody has to vote on that: compare with another run, or train on another base.`;
	return `The deployed model was asked ${answers.length} prompts it was trained on, ${answered}. Its chat template is wrong, or merging it failed at the provider. Nobody has to vote on that: deploy it again, or train again.`;
};
