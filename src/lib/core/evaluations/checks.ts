// Long because it is every check of the answers and the voters, one after the other, in the order in which they are read.
import { signTest } from '../math/binomial.ts';
import { fisher } from '../math/fisher.ts';
import type { Check } from './check.ts';
import type { Agreed, Counted, CountedVoter, Lengths } from './counted.ts';
import type { Plan } from './plan.ts';
import type { Names } from './verdict-sentence.ts';
import { repeatsCheck } from './repeats.ts';
import { listed, many, points } from './words.ts';

const level = 0.05;

const fewestEach = 10; // on either side, before length is asked about

/** Whether length decided: the net preference where A's answer is longer, and where it is shorter. */
export const lengthCheck = ({ longer, shorter }: Lengths, a: string): Check => {
	const share = `Where the answer of ${a} is longer ${points(longer.mean)} points (${longer.n} prompts), where it is shorter ${points(shorter.mean)} (${shorter.n})`;
	const check = (state: Check['state'], sentence: string): Check => ({
		name: 'length',
		state,
		sentence,
		show: 'longer',
		also: 'shorter'
	});
	if (longer.n < fewestEach || shorter.n < fewestEach)
		return check('untested', `Length: not tested, it takes ${fewestEach} prompts on each side. ${share}.`);
	return fisher(longer.wins, longer.decisive, shorter.wins, shorter.decisive) < level
		? check('warn', `${share}. The votes may have rewarded length, not quality.`)
		: check('ok', `${share}: length did not decide.`);
};

/** How many judged pairs have an answer that names a model. */
export const namedCheck = (named: number): Check => {
	if (named === 0) return { name: 'names', state: 'ok', sentence: 'No answer named a model.', show: null };
	const answers = named === 1 ? '1 pair has an answer that names' : `${named} pairs have answers that name`;
	const sentence = `${answers} a model. The name was hidden from the voters; read these yourself.`;
	return { name: 'names', state: 'warn', sentence, show: 'named' };
};

/** What the models were told of thinking, and which side thought aloud all the same: it is left out for the voters, and costs tokens. */
export const thinkingCheck = ({ a, b }: Counted['thought'], names: Names, mayThink: boolean): Check => {
	const told = mayThink
		? 'Models that think before they answer were let do so.'
		: 'Models that think before they answer were told not to, where they can be told.';
	if (a + b === 0)
		return { name: 'thinking', state: 'ok', sentence: `${told} No answer begins with thinking.`, show: null };
	const sentence = `${told} Thinking was left out of ${many(a, 'answer')} of ${names.a} and ${b} of ${names.b}: voters read the rest.`;
	return { name: 'thinking', state: (a === 0) === (b === 0) ? 'ok' : 'warn', sentence, show: 'thinking' };
};

/** Somebody whose votes count. `wrote`: how many of these prompts' answers they have rewritten. */
export type VoterFacts = CountedVoter & { name: string; wrote: number };

/** Whose taste it is, and whether one of them judged by their own words. */
export const votersCheck = (voters: readonly VoterFacts[]): Check => {
	const given = voters.map(({ name, votes }) => `${name} (${votes})`);
	const own = voters.filter(({ wrote }) => wrote > 0);
	const words = own.map(({ name, wrote }) => `${name} wrote the expected answer to ${wrote} of these prompts`);
	const sentence = `Judged by ${listed(given) || 'nobody'}.${own.length > 0 ? ` ${listed(words)}.` : ''}`;
	return { name: 'voters', state: own.length > 0 ? 'warn' : 'ok', sentence, show: own.length > 0 ? 'own-words' : null };
};

const hastyMs = 2000;

/** How long each voter took for a pair, in the middle: below two seconds nobody has read two answers. */
export const paceCheck = (voters: readonly VoterFacts[]): Check => {
	const paces = voters.flatMap(({ name, paceMs: pace }) => (pace === null ? [] : [{ name, pace }]));
	if (paces.length === 0)
		return { name: 'pace', state: 'untested', sentence: 'Pace: not tested, there are too few votes.', show: null };
	const words = paces.map(({ name, pace }) => `${name} ${(pace / 1000).toFixed(pace < 10_000 ? 1 : 0)} s`);
	const hasty = paces.filter(({ pace }) => pace < hastyMs).map(({ name }) => name);
	const end = hasty.length > 0 ? ` That is too fast to have read both answers: ${listed(hasty)}.` : '';
	return {
		name: 'pace',
		state: hasty.length > 0 ? 'warn' : 'ok',
		sentence: `Typical time for a pair: ${listed(words)}.${end}`,
		show: null
	};
};

const fewestPlaces = 10;

/** Whether somebody tends to one side of the screen. Sides are balanced, so it adds noise and favours nobody: it vetoes nothing. */
export const positionCheck = (voters: readonly VoterFacts[]): Check => {
	const tested = voters.flatMap(({ name, first, clear }) => (clear < fewestPlaces ? [] : [{ name, first, of: clear }]));
	if (tested.length === 0)
		return {
			name: 'position',
			state: 'untested',
			sentence: `Position: not tested, it takes ${fewestPlaces} clear choices of one voter.`,
			show: null
		};
	const swayed = tested.filter(({ first, of }) => signTest(first, of - first) < level);
	const words = (swayed.length > 0 ? swayed : tested).map(
		({ name, first, of }) => `${name} chose the first answer ${first} of ${of} times`
	);
	return swayed.length > 0
		? { name: 'position', state: 'warn', sentence: `${listed(words)}: it costs power, not fairness.`, show: null }
		: {
				name: 'position',
				state: 'ok',
				sentence: `${listed(words)}, as expected when the place does not matter.`,
				show: null
			};
};

/** Whether the voters agree, where two or more of them judged the same pairs. */
export const agreementCheck = ({ label, overlap, sentence }: Agreed): Check => {
	const state = label === null ? 'untested' : label === 'unreliable' ? 'warn' : 'ok';
	return { name: 'agreement', state, sentence, show: overlap > 0 ? 'several-votes' : null };
};

/** The first ten by their numbers, and how many more. */
const numbered = (numbers: readonly number[]) => {
	const shown = numbers.slice(0, 10).map((number) => `#${number}`);
	return shown.join(', ') + (numbers.length > shown.length ? ` and ${numbers.length - shown.length} more` : '');
};

/** Planned prompts that did not get their votes, by the numbers of their examples; no check when there is none. */
export const missingCheck = (numbers: readonly number[], votes: number): Check[] => {
	if (numbers.length === 0) return [];
	const lack = votes === 1 ? 'got no vote' : `did not get ${votes} votes`;
	const sentence = `${many(numbers.length, 'prompt')} ${lack} and ${numbers.length === 1 ? 'is' : 'are'} in no number: ${numbered(numbers)}.`;
	return [{ name: 'missing', state: 'warn', sentence, show: null }];
};

/** Prompts that nobody wanted to judge, by their numbers: many of them, and the verdict holds for the others only. */
export const skippedCheck = (numbers: readonly number[], { prompts, votes }: Plan): Check[] => {
	if (numbers.length === 0) return [];
	const [was, is, it] = numbers.length === 1 ? ['was', 'is', 'it'] : ['were', 'are', 'them'];
	const by = votes === 1 ? `all who could judge ${it}` : `too many to get ${votes} votes`;
	const sentence = `${many(numbers.length, 'prompt')} ${was} skipped by ${by}, and ${is} in no number: ${numbered(numbers)}.`;
	return [{ name: 'skipped', state: numbers.length * 10 > prompts ? 'warn' : 'ok', sentence, show: null }];
};

/** What the answers and the voters warn of, besides the checks that belong to the verdict. `repeats`: so many were planned. */
export const answerChecks = (
	{ lengths, agreement, thought, named }: Pick<Counted, 'lengths' | 'agreement' | 'thought' | 'named'>,
	voters: readonly VoterFacts[],
	repeats: number,
	names: Names,
	mayThink: boolean
): Check[] => [
	votersCheck(voters),
	paceCheck(voters),
	positionCheck(voters),
	repeatsCheck(voters, repeats),
	lengthCheck(lengths, names.a),
	agreementCheck(agreement),
	thinkingCheck(thought, names, mayThink),
	namedCheck(named)
];
