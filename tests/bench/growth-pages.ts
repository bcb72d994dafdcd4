import type { ProjectScope } from '../../src/lib/server/access/scope.ts';
import { listAudit } from '../../src/lib/server/activity/audit.ts';
import { getDashboard } from '../../src/lib/server/activity/queries.ts';
import { getBudget } from '../../src/lib/server/budget/queries.ts';
import { prepareDelete } from '../../src/lib/server/ends/queries.ts';
import {
	getEvaluation,
	getResults,
	getSetUp,
	getTrend,
	listEvaluations,
	nextPairs
} from '../../src/lib/server/evaluations/queries.ts';
import { getThreeWay } from '../../src/lib/server/evaluations/three-way.ts';
import { exportExamples } from '../../src/lib/server/examples/commands.ts';
import { browseExamples, listExamples } from '../../src/lib/server/examples/queries.ts';
import { getFrame, getSettings, listProjectCounts } from '../../src/lib/server/project/queries.ts';
import { browsePrompts } from '../../src/lib/server/prompts/queries.ts';
import { nextCards, recentRatings } from '../../src/lib/server/ratings/queries.ts';
import { listTrainingPairs } from '../../src/lib/server/runs/pair-list.ts';
import { getPreflight, listRuns } from '../../src/lib/server/runs/queries.ts';
import { listServings } from '../../src/lib/server/servings/queries.ts';
import { getSplit, listTwins } from '../../src/lib/server/splits/queries.ts';
import { listMembers } from '../../src/lib/server/team/queries.ts';

/** A project of the bench, as somebody sees it, and its comparisons: what they are of is as much in each size. */
export type Place = { scope: ProjectScope; revealed: string; voting: string; threeWay: string };
type Page = { look: (place: Place) => Promise<unknown>; as?: 'rater'; mostMs?: number };

const queue = { filter: 'unrated', sort: 'newest', seed: 1, seen: [] as string[] } as const;
const rate = async (scope: ProjectScope, filter: 'unrated' | 'second' | 'below') => {
	await nextCards(scope, { ...queue, seen: [], filter });
	await recentRatings(scope);
};
const search =
	(words: string) =>
	({ scope }: Place) =>
		browseExamples(scope, { search: words });

/** Until the first piece is there; nobody waits for the rest here. */
const beginExport = async (scope: ProjectScope, format: 'full' | 'train' | 'preference') => {
	const { pieces } = await exportExamples(scope, { format });
	const reading = pieces[Symbol.asyncIterator]();
	await reading.next();
	await reading.return?.(undefined);
};

/** What a page asks for by itself; the frame, which comes with each, is one of them. */
export const pages: Record<string, Page> = {
	frame: { look: ({ scope }) => getFrame(scope, { projectId: scope.project.id }) },
	'frame, as rater': { look: ({ scope }) => getFrame(scope, { projectId: scope.project.id }), as: 'rater' },
	team: { look: ({ scope }) => listProjectCounts(scope) },
	dashboard: { look: ({ scope }) => getDashboard(scope) },
	'dashboard, as rater': { look: ({ scope }) => getDashboard(scope), as: 'rater' },
	examples: { look: ({ scope }) => browseExamples(scope, {}) },
	'examples, one band': { look: ({ scope }) => browseExamples(scope, { band: 'bad' }) },
	'examples, band and side': { look: ({ scope }) => browseExamples(scope, { band: 'great', split: 'validation' }) },
	'examples, none found': { look: ({ scope }) => browseExamples(scope, { band: 'unrated', split: 'validation' }) },
	'list of scripts, first page': { look: ({ scope }) => listExamples(scope, { limit: 100 }) },
	'list of scripts, last page': { look: ({ scope }) => listExamples(scope, { limit: 100, before: 101 }) },
	rate: { look: ({ scope }) => rate(scope, 'unrated') },
	'rate, second opinion': { look: ({ scope }) => rate(scope, 'second') },
	'rate, below the bar': { look: ({ scope }) => rate(scope, 'below') },
	'rate, as rater': { look: ({ scope }) => rate(scope, 'unrated'), as: 'rater' },
	split: { look: ({ scope }) => getSplit(scope) },
	'split, near twins': { look: ({ scope }) => listTwins(scope) },
	'new run': { look: ({ scope }) => getPreflight(scope, {}) },
	runs: { look: ({ scope }) => Promise.all([listRuns(scope, { page: 1 }), listServings(scope)]) },
	pairs: { look: ({ scope }) => listTrainingPairs(scope, { limit: 50 }) },
	comparisons: { look: ({ scope }) => Promise.all([listEvaluations(scope, {}), getTrend(scope)]) },
	'comparison, set-up': { look: ({ scope }) => getSetUp(scope) },
	'comparison, vote': {
		look: async ({ scope, voting }) => {
			await getEvaluation(scope, { evaluationId: voting });
			await nextPairs(scope, { evaluationId: voting, after: -1 });
		},
		as: 'rater'
	},
	'comparison, results': {
		look: ({ scope, revealed }) => getResults(scope, { evaluationId: revealed, show: 'all', page: 1 })
	},
	'three-way': { look: ({ scope, threeWay }) => getThreeWay(scope, { evaluationId: threeWay }) },
	'pool of prompts': { look: ({ scope }) => browsePrompts(scope, {}) },
	settings: {
		look: ({ scope }) => Promise.all([getSettings(scope), getBudget(scope), prepareDelete(scope)])
	},
	members: { look: ({ scope }) => listMembers(scope) },
	'audit log': { look: ({ scope }) => listAudit(scope, {}) },
	'export, its first piece': { look: ({ scope }) => beginExport(scope, 'full') },
	'export of rewrites, its first piece': { look: ({ scope }) => beginExport(scope, 'preference') },
	'search, frequent word': { look: search('missing part'), mostMs: 100 },
	'search, rare word': { look: search('rarely late'), mostMs: 100 },
	'search, absent word': { look: search('zebra'), mostMs: 100 },
	'search, one letter': { look: search('e'), mostMs: 100 },
	'search, absent letter': { look: search('ß'), mostMs: 100 },
	'search, percent sign': { look: search('%'), mostMs: 100 },
	'search, underscore': { look: search('_'), mostMs: 100 },
	'search, backslash': { look: search('\\'), mostMs: 100 },
	'search, quotes': { look: search('"'), mostMs: 100 },
	// stands in every conversation as it is kept, and in none that anybody wrote
	'search, assistant': { look: search('assistant'), mostMs: 100 },
	'search, 200 letters': { look: search('missing part of order '.repeat(10).slice(0, 200)), mostMs: 100 }
};
