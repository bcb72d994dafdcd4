import { tokensOf } from '../text/tokens.ts';
import { flawOf, spoken } from './answers.ts';
import { namesAModel } from './masking.ts';
import type { Names } from './naming-words.ts';

/**
 * All that results say of an answer besides its text, and what stays of it when the text is removed. `length` in characters, without what the model
 * thought aloud; `named`: the name by which it tells a model; `tokens`: estimated from the text, for a provider that did not count them.
 */
export type Told = { length: number; named: string | null; thought: boolean; complete: boolean; tokens: number };

export const toldOf = (answer: { text: string; finishReason: string | null }, names: Names): Told => {
	const said = spoken(answer.text);
	return {
		length: [...said].length,
		named: namesAModel(said, names),
		thought: said !== answer.text,
		complete: flawOf(answer) === null,
		tokens: tokensOf([{ role: 'assistant', content: answer.text }])
	};
};
