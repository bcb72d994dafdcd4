import type { Act, Value } from './acts.ts';

const choiceWords: Record<string, string> = {
	first: '“A better”',
	second: '“B better”',
	tie: '“Tie”',
	both_bad: '“Both bad”',
	skip: '“Skip”'
};
const valueWords = (value: Value) => choiceWords[value ?? ''] ?? String(value);
/** As it stands on a button. */
const short = (value: Value) => (value === null ? 'it open' : (choiceWords[value]?.slice(1, -1) ?? String(value)));

const thing = ({ kind, number }: Act) => {
	const noun = { rating: 'example', unwrite: 'example', vote: 'pair', remark: 'pair', score: 'answer' }[kind];
	if (number === undefined) return `${/^[ae]/.test(noun) ? 'an' : 'a'} ${noun}`;
	return `${noun} ${number}`;
};
const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);

export type Told = {
	title: string;
	text: string;
	/** The two ways, when something else stands by now. */
	choice?: { stay: string; take: string };
	/** An example to read once more. */
	read?: string;
};

/** What a person is told, or asked, about something that did not simply arrive. `mine`: the last word given here. */
export const toldOf = (act: Act, mine: Value = act.value): Told => {
	if (act.stands) {
		const { value } = act.stands;
		const there = value === null ? 'you took it back' : `you gave ${valueWords(value)}`;
		const here = mine === null ? 'you took it back' : `you gave ${valueWords(mine)}`;
		return {
			title: `${capital(thing(act))} was decided elsewhere meanwhile`,
			text: `In another window or on another device ${there}; here ${here}. Which one counts?`,
			choice: { stay: `Keep ${short(value)}`, take: mine === null ? 'Take it back' : `Take ${short(mine)}` },
			...(act.kind === 'rating' && { read: act.subject })
		};
	}
	if (act.counts) {
		const { value } = act.counts;
		if (value === null)
			return {
				title: `${capital(thing(act))} has another text by now`,
				text: `Somebody rewrote it meanwhile. Your ${act.value} stays with the text you read.`,
				read: act.subject
			};
		return {
			title: `On ${thing(act)} your ${value} counts, not the ${act.value}`,
			text: 'It was rewritten meanwhile, or you had been shown what others gave.'
		};
	}
	const text = act.refused ?? '';
	if (act.kind === 'unwrite') return { title: `${capital(thing(act))} keeps your rewrite`, text };
	const what = { rating: 'score of', vote: 'vote on', remark: 'note on', score: 'score of' }[act.kind];
	return { title: `Your ${what} ${thing(act)} was not kept`, text };
};

/** What is said at the end of a sitting of which not everything has arrived. */
export const onTheWay = (noun: string, count: number): string =>
	count === 1
		? `One ${noun} is still on the way, and goes out by itself as soon as there is a connection.`
		: `${count} ${noun}s are still on the way, and go out by themselves as soon as there is a connection.`;
