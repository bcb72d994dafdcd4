import type { Check } from './check.ts';
import { bothBadTooOften, isComplete, isProven, isUneven } from './rules.ts';
import { judgedOf, type Tally } from './tally.ts';
import { attemptSentence, type Names } from './verdict-sentence.ts';
import { many } from './words.ts';

/** A prompt that a contender trained on proves nothing. Of a model from elsewhere nobody here knows what it has learnt from. */
const leakCheck = ({ leaked }: Tally, { untold = [] }: Names): Check => {
	const other = untold.length === 1 ? ' No prompt was in the training data of the other.' : '';
	const at = (state: Check['state'], sentence: string, show: Check['show'] = null): Check => ({
		name: 'leak',
		state,
		sentence,
		show
	});
	if (leaked > 0)
		return at(
			'block',
			`${many(leaked, 'prompt')} of this evaluation ${leaked === 1 ? 'was' : 'were'} in the training data. Evaluate on prompts that were not.`,
			'leaked'
		);
	return untold.length === 0
		? at('ok', 'No prompt of this evaluation was in the training data.')
		: at('untested', `What ${untold.join(' and ')} learnt from is not known here: not tested.${other}`);
};

/** Prompts that nearly ask the same are one comparison twice. */
const nearCheck = ({ alike }: Tally): Check => {
	const at = (state: Check['state'], sentence: string, show: Check['show'] = null): Check => ({
		name: 'near-duplicates',
		state,
		sentence,
		show
	});
	if (alike === null)
		return at(
			'untested',
			'Prompts that nearly say the same: not tested. Only those that say exactly the same were left out.'
		);
	if (alike === 0) return at('ok', 'No two prompts nearly say the same.');
	return at(
		'warn',
		`${many(alike, 'prompt')} nearly ${alike === 1 ? 'says' : 'say'} the same as another: the numbers take each for a comparison of its own.`,
		'alike'
	);
};

/** Both bad in more than 20 % prevents SHIP IT, in 40 % any verdict. */
const bothBadCheck = (t: Tally): Check => {
	const judged = judgedOf(t);
	const show = t.bothBad > 0 ? 'both-bad' : null;
	const share = `Both answers were bad in ${t.bothBad} of ${judged}.`;
	if (judged > 0 && t.bothBad * 5 >= judged * 2) return { name: 'both bad', state: 'block', sentence: share, show };
	if (bothBadTooOften(t))
		return { name: 'both bad', state: 'warn', sentence: `${share} At most 20 % allow SHIP IT.`, show };
	return { name: 'both bad', state: 'ok', sentence: share, show };
};

/** Answers that end in the middle or say nothing, side by side. */
const brokenCheck = (t: Tally, { a, b }: Names): Check => {
	const { a: ofA, b: ofB } = t.broken;
	if (ofA + ofB === 0) return { name: 'complete', state: 'ok', sentence: 'Every answer is complete.', show: null };
	const share = `Cut off or empty: ${ofA} of ${judgedOf(t)} answers of ${a}, ${ofB} of ${b}.`;
	return isUneven(t)
		? {
				name: 'complete',
				state: 'block',
				sentence: `${share} One side had less of a chance. Compare again with longer answers.`,
				show: 'cut-off'
			}
		: { name: 'complete', state: 'warn', sentence: share, show: 'cut-off' };
};

/** Whether the plan was kept. */
const progressCheck = (t: Tally): Check => {
	const share = `${judgedOf(t)} of ${many(t.plan.prompts, 'planned prompt')} count${t.plan.votes > 1 ? `, with ${t.plan.votes} votes each` : ''}`;
	const at = (state: Check['state'], rest: string): Check => ({
		name: 'plan',
		state,
		sentence: share + rest,
		show: null
	});
	if (t.continued)
		return at(
			'warn',
			'. Voters had seen results before it was continued, so only evidence that holds at any time counts.'
		);
	if (isComplete(t))
		return at('ok', t.skipped > 0 ? ', and people skipped the rest: the plan was kept.' : ': the plan was kept.');
	return isProven(t)
		? at('ok', '; the votes are clear enough to decide early.')
		: at('warn', '; before the end only very clear votes give a verdict.');
};

const attemptCheck = ({ plan: { attempt } }: Tally, names: Names): Check => ({
	name: 'tries',
	state: attempt > 1 ? 'warn' : 'ok',
	sentence: attemptSentence(attempt, names),
	show: null
});

/** How few turned prompts would remove a verdict; no check for a verdict that none can. */
const fragilityCheck = (fragility: number | null, title: string): Check[] =>
	fragility === null
		? []
		: [
				{
					name: 'fragility',
					state: fragility === 1 ? 'warn' : 'ok',
					sentence: `${many(fragility, 'turned prompt')} would remove ${title}.`,
					show: null
				}
			];

/** The checks that belong to the rules of the verdict, in the order in which they are read. */
export const tallyChecks = (
	t: Tally,
	names: Names,
	{ fragility, title }: { fragility: number | null; title: string }
): Check[] => [
	leakCheck(t, names),
	nearCheck(t),
	bothBadCheck(t),
	brokenCheck(t, names),
	progressCheck(t),
	attemptCheck(t, names),
	...fragilityCheck(fragility, title)
];
