import { csvOf } from '../../core/text/csv.ts';
import { AppError } from '../../core/errors.ts';
import type { Message } from '../../core/examples/example.ts';
import type { Outcome } from '../../core/evaluations/tally.ts';
import { authorize } from '../../core/permissions.ts';
import type { Scope } from '../access/scope.ts';
import { getPrompts, getResults } from './results.ts';

const columns = [
	'comparison',
	'example',
	'outcome',
	'winner',
	'votes_a',
	'votes_b',
	'votes_tie',
	'votes_both_bad',
	'prompt',
	'answer_a',
	'answer_b',
	'reference',
	'names_a_model'
];

const asText = (prompt: readonly Message[]) => prompt.map((turn) => `${turn.role}: ${turn.content}`).join('\n\n');

/** The revealed results as a file: everything a page shows, as JSON, or one row for each pairing as CSV. */
export const exportResults = async (scope: Scope, slug: string, id: string, format: 'json' | 'csv') => {
	authorize(scope, 'evaluations:see');
	const found = await getResults(scope, slug, id);
	if ('locked' in found)
		throw new AppError('conflict', 'The identities are still hidden, so there is nothing to export.');
	const { results } = found;
	const prompts = await getPrompts(
		scope,
		slug,
		id,
		results.judged.map(({ pairingId }) => pairingId)
	);
	const winner = (outcome: Outcome) => (outcome === 'a' || outcome === 'b' ? results.contenders[outcome] : null);
	const rows = results.judged.map(({ pairingId, position, number, outcome, said, a, b }) => ({
		comparison: position + 1,
		example: number,
		outcome,
		winner: winner(outcome),
		votes_a: said.a,
		votes_b: said.b,
		votes_tie: said.tie,
		votes_both_bad: said.both_bad,
		prompt: prompts[pairingId]!.prompt,
		answer_a: a.text,
		answer_b: b.text,
		reference: prompts[pairingId]!.reference,
		names_a_model: a.named ?? b.named
	}));
	if (format === 'csv') {
		const flat = rows.map((row) => ({ ...row, prompt: asText(row.prompt) }));
		return { type: 'text/csv; charset=utf-8', body: csvOf(columns, flat) };
	}
	const { title, contenders, counts, verdict, checks } = results;
	const whole = { evaluation: title, contenders, counts, verdict, checks, comparisons: rows };
	return { type: 'application/json; charset=utf-8', body: JSON.stringify(whole, null, '\t') };
};
