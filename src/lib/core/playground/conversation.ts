import type { Message } from '../examples/example.ts';

export const sides = ['a', 'b'] as const;
export type Side = (typeof sides)[number];

/** What an answer took, as far as it is known. */
export type Measured = {
	firstTokenMs: number | null;
	totalMs: number;
	promptTokens: number | null;
	completionTokens: number | null;
	/** null: nobody names a price. */
	costMicros: number | null;
};

/**
 * `stopped` by the person, `left` with the page, `broken` off at the provider, `cut` at the longest answer that was wanted, `refused`
 * before anything came. What came stays in all of them.
 */
export type AnswerState = 'writing' | 'done' | 'stopped' | 'left' | 'broken' | 'cut' | 'refused';

export type Answer = {
	/** What people call the model that wrote it. */
	by: string;
	state: AnswerState;
	text: string;
	thinking: string;
	/** Why it was refused, or broke off, in words. */
	problem: string | null;
	took: Measured | null;
	/** The system prompt. (It is not in conversations that a browser has kept from before it was written down; so with `goesOn`.) */
	askedWith?: string;
};

/** One question and what was answered to it. `pairId` once the preference is kept. */
export type Turn = {
	id: string;
	question: string;
	answers: Partial<Record<Side, Answer>>;
	preferred: { side: Side; pairId: string | null } | null;
	/** What the next turn was shown of it, fixed with that one's question: the better answer, or, null, each model its own. */
	goesOn?: Side | null;
	/** A preference that is on its way, or whose answer was lost: sent again it is the same one. */
	sending?: { side: Side; clientId: string };
};

const saying = (answer: Answer | undefined) => (answer && answer.text !== '' ? answer : undefined);

/** Which answer a conversation goes on with: the better one, where somebody has said so, else one's own, else the only one there is. */
const goesOnWith = ({ answers, preferred, goesOn = preferred?.side ?? null }: Turn, side: Side): Answer | undefined =>
	saying(goesOn ? answers[goesOn] : undefined) ?? saying(answers[side]) ?? saying(answers[side === 'a' ? 'b' : 'a']);

/** What a model is shown for the turn at this place. A turn without any answer is left out: nobody has said anything to it. */
export const promptFor = (turns: readonly Turn[], at: number, side: Side, systemPrompt: string): Message[] => [
	...(systemPrompt.trim() === '' ? [] : [{ role: 'system' as const, content: systemPrompt }]),
	...turns.slice(0, at).flatMap((turn): Message[] => {
		const answer = goesOnWith(turn, side);
		return answer
			? [
					{ role: 'user', content: turn.question },
					{ role: 'assistant', content: answer.text }
				]
			: [];
	}),
	{ role: 'user', content: turns[at]!.question }
];

/** What a model was shown for an answer that is there. `now`: the system prompt, where none was written down with it. */
export const shownTo = (turns: readonly Turn[], at: number, side: Side, now: string): Message[] =>
	promptFor(turns, at, side, turns[at]!.answers[side]?.askedWith ?? now);

/** Why nobody can say which of the two answers is better, in a sentence; null when somebody can. */
export const whyNoPreference = (turns: readonly Turn[], at: number): string | null => {
	const { a, b } = turns[at]!.answers;
	if (!a || !b || a.state === 'writing' || b.state === 'writing') return 'Both answers have to be there first.';
	if (!saying(a) || !saying(b)) return 'One of the two did not answer.';
	if (a.text === b.text) return 'Both answers say the same.';
	if (a.askedWith !== b.askedWith) return 'The two were asked with different system prompts. Ask both again.';
	const shown = (side: Side) => JSON.stringify(promptFor(turns, at, side, ''));
	if (shown('a') !== shown('b'))
		return 'The two have seen different answers before. Say there which one is better, and ask again.';
	return null;
};

/** The conversation as an example, up to this answer; its system prompt only where it is not the project's, which goes without saying. */
export const asExample = (
	turns: readonly Turn[],
	at: number,
	side: Side,
	prompts: { here: string; project: string }
): Message[] => [
	...shownTo(turns, at, side, prompts.here).filter(
		({ role, content }) => role !== 'system' || content.trim() !== prompts.project.trim()
	),
	{ role: 'assistant', content: turns[at]!.answers[side]!.text }
];

/** A conversation as it was kept: what was being written then is a part by now. */
export const takenUp = (turns: readonly Turn[]): Turn[] =>
	turns.map((turn) => ({
		...turn,
		answers: Object.fromEntries(
			Object.entries(turn.answers).map(([side, answer]) => [
				side,
				answer.state === 'writing' ? { ...answer, state: 'left' as const } : answer
			])
		)
	}));

/** Tokens in a second, from the first one on; null where it cannot be told. */
export const tokensPerSecond = ({ firstTokenMs, totalMs, completionTokens }: Measured): number | null => {
	if (firstTokenMs === null || completionTokens === null || completionTokens < 2) return null;
	const ms = totalMs - firstTokenMs;
	return ms > 0 ? (completionTokens * 1000) / ms : null;
};
