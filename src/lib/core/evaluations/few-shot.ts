import { folded, gramsOf } from '../examples/near.ts';
import { type Message, promptOf } from '../examples/example.ts';

/** A longer example leaves too little room for the question. */
export const longestShot = 1_000;
/** The farther apart a few are, the less of these many need be looked at. */
export const mostCandidates = 120;

/** An example in a prompt: what was asked, and the answer that would train. */
export type Shot = { exampleId: string; number: number; messages: Message[] };

/** A prompt of its own, with which a model competes: kept with the evaluation word for word. */
export type FewShot = { systemPrompt: string; shots: Shot[] };

/** What the choice goes by. */
export type Candidate = { number: number; rating: number; messages: readonly Message[] };

/** What an example asks, without what stands before every question. */
const asked = (messages: readonly Message[]) =>
	promptOf(messages)
		.filter(({ role }) => role !== 'system')
		.map(({ content }) => folded(content))
		.join(' ');

/** The share of what both say that only one of them says. */
const distance = (one: ReadonlySet<number>, other: ReadonlySet<number>) => {
	const both = one.intersection(other).size;
	const all = one.size + other.size - both;
	return all === 0 ? 0 : 1 - both / all;
};

const better = (one: Candidate, other: Candidate) => other.rating - one.rating || one.number - other.number;

/**
 * The best of these that differ most from each other, as many as there are, at most `count`: first the highest rated, then each time
 * the one that is farthest from those chosen. The same candidates give the same choice, in whichever order they come.
 */
export const chooseShots = <T extends Candidate>(candidates: readonly T[], count: number): T[] => {
	const open = candidates.toSorted(better).map((one) => ({ one, grams: gramsOf(asked(one.messages)), away: 1 }));
	const chosen: T[] = [];
	while (chosen.length < count && open.length > 0) {
		let at = 0;
		for (let i = 1; i < open.length; i++) if (open[i]!.away > open[at]!.away) at = i;
		const [next] = open.splice(at, 1);
		chosen.push(next!.one);
		for (const each of open) each.away = Math.min(each.away, distance(each.grams, next!.grams));
	}
	return chosen;
};

/** Turns that would need tools, which no comparison offers. */
export const needsTools = (messages: readonly Message[]): boolean =>
	messages.some(({ role, tool_calls }) => role === 'tool' || tool_calls != null);

/**
 * What a model with a prompt of its own is asked: its system prompt in place of the project's (`usual`), its examples as turns, then the
 * question. An example that brings a system prompt of its own keeps it.
 */
export const withFewShot = (prompt: readonly Message[], fewShot: FewShot | null, usual: string): Message[] => {
	if (fewShot === null) return [...prompt];
	const first = prompt[0]?.role === 'system' ? prompt[0] : null;
	const brings = first !== null && first.content !== usual;
	const { systemPrompt, shots } = fewShot;
	const before = brings
		? [first]
		: systemPrompt.trim() === ''
			? []
			: [{ role: 'system' as const, content: systemPrompt }];
	return [...before, ...shots.flatMap(({ messages }) => messages), ...prompt.slice(first ? 1 : 0)];
};
