import { describe, expect, test } from 'vitest';
import { may } from '../../../src/lib/core/permissions.ts';
import { type ProjectState, nextStep } from '../../../src/lib/core/project/next-step.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const run = { id: 'r', version: 2, isOver: true, isReady: true, hasFailed: false, finishedAt: at(10) };
const evaluation = {
	id: 'e',
	number: 3,
	isVoting: true,
	isRevealed: false,
	planned: 20,
	judged: 5,
	skipped: 0,
	mine: 5,
	skips: 0,
	createdAt: at(20)
};
const ready = { total: 100, unrated: 0, quality: 60, train: 48, validation: 40 };
const of = (more: Partial<ProjectState> = {}): ProjectState => ({
	mayTrain: may('owner', 'runs:start'),
	counts: ready,
	run: null,
	evaluations: [],
	...more
});
const whereTo = (state: ProjectState) => nextStep(state).to;

describe('for whoever trains, the loop leads on', () => {
	test.each<[string, Partial<ProjectState>, string]>([
		['nothing is there', { counts: { total: 0, unrated: 0, quality: 0, train: 0, validation: 0 } }, 'add'],
		['too few are good and some are unrated', { counts: { ...ready, quality: 5, unrated: 30 } }, 'rate'],
		['too few are good and all are rated', { counts: { ...ready, quality: 5 } }, 'add'],
		['nothing is in train', { counts: { ...ready, train: 0 } }, 'split'],
		['validation can carry no verdict', { counts: { ...ready, validation: 11 } }, 'split'],
		['validation can just carry a verdict', { counts: { ...ready, validation: 12 } }, 'train'],
		['all is there and nothing was trained', {}, 'train'],
		['a run is under way', { run: { ...run, isOver: false, isReady: false, finishedAt: null } }, 'run'],
		['a run is ready and was not compared', { run }, 'compare'],
		[
			'the comparison is older than the run',
			{ run, evaluations: [{ ...evaluation, createdAt: at(5), isRevealed: true }] },
			'compare'
		],
		[
			'the comparison was made in the moment when the run ended',
			{ run, evaluations: [{ ...evaluation, createdAt: at(10), isRevealed: true }] },
			'compare'
		],
		[
			'nobody knows when the run ended',
			{ run: { ...run, finishedAt: null }, evaluations: [{ ...evaluation, isRevealed: true }] },
			'compare'
		],
		['a comparison waits for votes', { run, evaluations: [evaluation] }, 'vote'],
		['the rest was skipped', { run, evaluations: [{ ...evaluation, judged: 18, skipped: 2 }] }, 'results'],
		['what this person skipped, others get', { run, evaluations: [{ ...evaluation, mine: 18, skips: 2 }] }, 'train'],
		['everything is judged', { run, evaluations: [{ ...evaluation, judged: 20, mine: 20 }] }, 'results'],
		['the rest is for others to judge', { run, evaluations: [{ ...evaluation, mine: 20 }] }, 'train'],
		[
			'everything is judged, and known',
			{ run, evaluations: [{ ...evaluation, judged: 20, mine: 20, isRevealed: true }] },
			'train'
		],
		[
			'an evaluation is not open for votes',
			{ run, evaluations: [{ ...evaluation, judged: 20, mine: 20, isVoting: false }] },
			'train'
		],
		[
			'the verdict is known, and some are unrated',
			{ run, evaluations: [{ ...evaluation, isRevealed: true }], counts: { ...ready, unrated: 3 } },
			'rate'
		],
		['the verdict is known', { run, evaluations: [{ ...evaluation, isRevealed: true }] }, 'train'],
		['a run failed', { run: { ...run, isReady: false, hasFailed: true } }, 'run'],
		['a run was cancelled', { run: { ...run, isReady: false } }, 'train']
	])('%s', (_, state, to) => {
		expect(whereTo(of(state))).toBe(to);
		expect(whereTo(of({ ...state, mayTrain: may('trainer', 'runs:start') }))).toBe(to);
	});
});

describe('a rater is sent only where a rater may go', () => {
	test.each<[string, Partial<ProjectState>, string]>([
		['votes come first', { evaluations: [evaluation], counts: { ...ready, unrated: 9 } }, 'vote'],
		['then ratings', { counts: { ...ready, unrated: 9 } }, 'rate'],
		['then nothing', {}, 'examples'],
		['also where nothing is', { counts: { ...ready, total: 0 } }, 'examples'],
		['and never the reveal', { evaluations: [{ ...evaluation, judged: 20, mine: 20 }] }, 'examples'],
		[
			'an evaluation that still generates is not voted on',
			{ evaluations: [{ ...evaluation, isVoting: false }] },
			'examples'
		]
	])('%s', (_, state, to) => {
		expect(whereTo(of({ ...state, mayTrain: may('rater', 'runs:start') }))).toBe(to);
	});
});

test('the first run, and the first examples, have words of their own', () => {
	expect(nextStep(of()).title).toBe('Ready to train');
	expect(nextStep(of({ run: { ...run, isReady: false } })).title).toBe('Better than v2?');
	expect(nextStep(of({ counts: { ...ready, total: 0, quality: 0 } })).title).toBe('Add the first examples');
});

test('the words count', () => {
	expect(nextStep(of({ evaluations: [{ ...evaluation, mine: 19 }] })).title).toBe('1 answer to compare');
	expect(nextStep(of({ counts: { ...ready, quality: 8 } })).title).toBe('12 more good examples needed');
	expect(nextStep(of({ counts: { ...ready, quality: 19 } })).title).toBe('1 more good example needed');
	expect(nextStep(of({ evaluations: [evaluation] }))).toMatchObject({ id: 'e', action: 'Compare' });
});
