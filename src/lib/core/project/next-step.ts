// Long because it is the whole of what can be next, one rule after the other, in the order of the loop.
import { figure } from '../text/figure.ts';
import { type Progress, dueOf, openOf } from '../evaluations/due.ts';
import { readiness, readyAt } from './readiness.ts';

export type ProjectState = {
	/** Whether the person may start runs: then the loop leads on, else only what is to be judged. */
	mayTrain: boolean;
	counts: { total: number; unrated: number; quality: number; train: number; validation: number };
	/** The newest run. */
	run: {
		id: string;
		version: number;
		isOver: boolean;
		isReady: boolean;
		hasFailed: boolean;
		finishedAt: Date | null;
	} | null;
	/** Newest first. */
	evaluations: (Progress & {
		id: string;
		number: number;
		isVoting: boolean;
		isRevealed: boolean;
		createdAt: Date;
	})[];
};

/** Where a step can be done. */
export const steps = ['add', 'rate', 'examples', 'split', 'train', 'run', 'compare', 'vote', 'results'] as const;

export type NextStep = {
	/** With `id` for one run or evaluation. */
	to: (typeof steps)[number];
	id?: string;
	/** The words on the button. */
	action: string;
	title: string;
	sentence: string;
};

const counted = (count: number, one: string) => `${figure(count)} ${one}${count === 1 ? '' : 's'}`;

type Rule = (state: ProjectState) => NextStep | null | undefined | false;

const vote: Rule = ({ evaluations }) => {
	const open = evaluations.find((one) => one.isVoting && !one.isRevealed && dueOf(one) > 0);
	if (!open) return null;
	const sentence = `Evaluation ${open.number} waits for your eye: which answer is better, not knowing whose it is.`;
	return {
		to: 'vote',
		id: open.id,
		action: 'Compare',
		title: `${counted(dueOf(open), 'answer')} to compare`,
		sentence
	};
};

const reveal: Rule = ({ evaluations }) => {
	const done = evaluations.find((one) => one.isVoting && !one.isRevealed && one.judged > 0 && openOf(one) === 0);
	const sentence = 'Everything is judged. See who won, and whether it is enough to know.';
	return done && { to: 'results', id: done.id, action: 'See the result', title: 'The verdict is ready', sentence };
};

const begin: Rule = ({ counts }) =>
	counts.total === 0 && {
		to: 'add',
		action: 'Add examples',
		title: 'Add the first examples',
		sentence: 'Import what you have, or write one. Ten good ones are enough for an experiment.'
	};

const watch: Rule = ({ run }) =>
	run &&
	!run.isOver && {
		to: 'run',
		id: run.id,
		action: 'Watch it',
		title: `v${run.version} is under way`,
		sentence: 'You can go on rating; its page says when it is done.'
	};

const mend: Rule = ({ run }) =>
	run?.hasFailed && {
		to: 'run',
		id: run.id,
		action: 'Look why',
		title: `v${run.version} failed`,
		sentence: 'Its page says what happened, and starts it again with the same data.'
	};

const compare: Rule = ({ run, evaluations }) =>
	run?.isReady &&
	!evaluations.some(({ createdAt }) => run.finishedAt !== null && createdAt > run.finishedAt) && {
		to: 'compare',
		action: 'Compare it',
		title: `v${run.version} is ready to be judged`,
		sentence: 'Let it answer the validation examples beside the base model, and choose blind.'
	};

const rate: Rule = ({ counts }) =>
	counts.unrated > 0 && {
		to: 'rate',
		action: 'Rate',
		title: `${counted(counts.unrated, 'example')} to rate`,
		sentence: 'One key each. What is almost good can be rewritten.'
	};

const collect: Rule = ({ counts }) => {
	const { missing } = readiness(counts);
	if (missing === 0) return null;
	const sentence = `${figure(counts.quality)} are good now; ${readyAt.minimum} are worth a run.`;
	return { to: 'add', action: 'Add examples', title: `${counted(missing, 'more good example')} needed`, sentence };
};

const split: Rule = ({ counts }) =>
	(counts.train === 0 || counts.validation < readyAt.verdict) && {
		to: 'split',
		action: 'Split',
		title: 'Lock some examples away',
		sentence: 'Validation examples never train: they are what the comparison asks.'
	};

const train: Rule = ({ run }) =>
	!run && {
		to: 'train',
		action: 'Check and train',
		title: 'Ready to train',
		sentence: 'The checklist and the price come first.'
	};

/** Asked after `train`, so there is a run. */
const again: Rule = ({ run }) => ({
	to: 'train',
	action: 'Next run',
	title: `Better than v${run!.version}?`,
	sentence: 'Add what it got wrong, rewrite what it should have said, and train again.'
});

const look: Rule = () => ({
	to: 'examples',
	action: 'Look at examples',
	title: 'Nothing waits for you',
	sentence: 'Everything is rated. Come back when there is more, or look at what is there.'
});

/** The first rule that has something to say is what is next: work that waits for people goes before work to begin. */
const whoTrains: Rule[] = [
	begin,
	vote,
	reveal,
	watch,
	mend,
	compare,
	(state) => collect(state) && rate(state),
	collect,
	split,
	train,
	rate,
	again
];
const whoJudges: Rule[] = [vote, rate, look];

/** The one thing to do now: a page that shows five ways on shows none. */
export const nextStep = (state: ProjectState): NextStep => {
	for (const rule of state.mayTrain ? whoTrains : whoJudges) {
		const step = rule(state);
		if (step) return step;
	}
	throw new Error('The last rule always has something to say');
};
