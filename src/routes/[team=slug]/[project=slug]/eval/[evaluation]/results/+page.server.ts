import * as v from 'valibot';
import { whole } from '$lib/core/runs/recipe';
import { getPrompts, getResults, revealResults } from '$lib/server/evaluations/results';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

const shown = ['all', 'wins', 'losses', 'ties', 'both-bad'] as const;
const Rows = v.object({
	show: v.optional(v.picklist(shown, 'The pairs cannot be filtered by this'), 'all'),
	page: v.optional(whole('The page', 1, 1000), 1)
});
const outcomes = { wins: 'a', losses: 'b', ties: 'tie', 'both-bad': 'both_bad' } as const;
const rowsOnPage = 20;

export const load = page(Rows, async ({ locals, params, depends }, { show, page }) => {
	depends(`aitelier:evaluation:${params.evaluation}`);
	const found = await getResults(locals.scope, params.project, params.evaluation);
	const { number } = 'locked' in found ? found.locked : found.results;
	const crumb = `#${number} results`;
	if ('locked' in found) return { crumb, locked: found.locked, results: null, rows: null };
	const { judged, ...results } = found.results;
	const wanted = show === 'all' ? judged : judged.filter(({ outcome }) => outcome === outcomes[show]);
	const pages = Math.max(1, Math.ceil(wanted.length / rowsOnPage));
	const at = Math.min(page, pages);
	const list = wanted.slice((at - 1) * rowsOnPage, at * rowsOnPage);
	const prompts = await getPrompts(
		locals.scope,
		params.project,
		params.evaluation,
		list.map(({ pairingId }) => pairingId)
	);
	const rows = list.map(({ pairingId, ...row }) => ({ ...row, ...prompts[pairingId]! }));
	return { crumb, locked: null, results, rows: { list: rows, show, page: at, pages, count: wanted.length } };
}) satisfies PageServerLoad;

export const actions = {
	reveal: form(Nothing, ({ locals, params }) => revealResults(locals.scope, params.project, params.evaluation))
} satisfies Actions;
