import type { Scores } from '../../contract/scoring.ts';
import type { Format, Results } from '../../contract/evaluation-results.ts';
import { meanScores } from '../../core/evaluations/remarks.ts';
import type { Outcome } from '../../core/evaluations/outcome.ts';
import type { Message } from '../../core/examples/example.ts';
import { csvOf } from '../../core/text/csv.ts';

const columns = [
	'comparison',
	'example',
	'outcome',
	'score',
	'winner',
	'votes_a',
	'votes_b',
	'votes_tie',
	'votes_both_bad',
	'prompt',
	'answer_a',
	'answer_b',
	'reference',
	'names_a_model',
	'complete_a',
	'complete_b',
	'mean_score_a',
	'mean_score_b',
	'notes',
	'pool_prompt',
	'judge',
	'judge_both_orders',
	'length_a',
	'length_b'
];

const asText = (prompt: readonly Message[]) => prompt.map((turn) => `${turn.role}: ${turn.content}`).join('\n\n');

const scoreColumns = ['answer', 'example', 'score', 'scores', 'prompt', 'expected', 'said', 'complete'];

/** The scores of a scoring with all their answers as the text of a file: every score by whom and when as JSON, or one row for each answer as CSV. */
export const scoresFileOf = ({ rows, title, next: _next, ...scores }: Scores, format: Format): string => {
	const answers = rows.list.map(({ position, number, score, given, prompt, expected, answer }) => ({
		answer: position + 1,
		example: number,
		score,
		scores: given,
		prompt,
		expected,
		said: answer.text,
		complete: answer.complete
	}));
	if (format === 'json') return JSON.stringify({ scoring: title, ...scores, answers }, null, '\t');
	const told = ({ voter, score }: (typeof answers)[number]['scores'][number]) => `${voter}: ${score}`;
	return csvOf(
		scoreColumns,
		answers.map((row) => ({ ...row, scores: row.scores.map(told).join('\n'), prompt: asText(row.prompt) }))
	);
};

/** Results with all their pairs as the text of a file: everything a page shows, and every vote, as JSON; or one row for each pair as CSV. */
export const fileOf = (results: Results, format: Format): string => {
	/** Of what was asked its number: as an example, or as a prompt of the pool. */
	const asked = (number: number) =>
		results.plan.promptsFrom === 'pool'
			? { example: null, pool_prompt: number }
			: { example: number, pool_prompt: null };
	const winner = (outcome: Outcome) => (outcome === 'a' || outcome === 'b' ? results.contenders[outcome] : null);
	const rows = results.rows.list.map(
		({ position, number, outcome, score, said, votes, prompt, reference, judge, a, b }) => ({
			comparison: position + 1,
			...asked(number),
			outcome,
			score,
			winner: winner(outcome),
			votes_a: said.a,
			votes_b: said.b,
			votes_tie: said.tie,
			votes_both_bad: said.both_bad,
			prompt,
			answer_a: a.text,
			answer_b: b.text,
			reference,
			names_a_model: a.named ?? b.named,
			complete_a: a.complete,
			complete_b: b.complete,
			judge: judge?.outcome ?? null,
			judge_both_orders: judge?.steady ?? null,
			length_a: a.length,
			length_b: b.length,
			votes
		})
	);
	const added = (votes: (typeof rows)[number]['votes']) => {
		const means = meanScores(votes.map(({ scores }) => scores));
		const notes = votes.flatMap(({ voter, note }) => (note === null ? [] : [`${voter}: ${note}`]));
		return { mean_score_a: means?.a.mean ?? null, mean_score_b: means?.b.mean ?? null, notes: notes.join('\n') };
	};
	if (format === 'csv')
		return csvOf(
			columns,
			rows.map(({ votes, ...row }) => ({ ...row, prompt: asText(row.prompt), ...added(votes) }))
		);
	const {
		title,
		textsRemovedAt,
		contenders,
		prompts,
		plan,
		counts,
		skipped,
		scriptVotes,
		guestVotes,
		judges,
		scores,
		verdict,
		checks
	} = results;
	const whole = {
		evaluation: title,
		/** Null where an answer has no text any more. */
		textsRemovedAt,
		contenders,
		prompts,
		plan,
		counts,
		scriptVotes,
		guestVotes,
		judges: judges.map(({ said, ...judge }) => ({
			...judge,
			said: said?.map(({ position, ...both }) => ({ comparison: position + 1, ...both })) ?? null
		})),
		scores,
		verdict,
		checks,
		comparisons: rows,
		skipped: skipped.map(({ position, number, ...said }) => ({
			comparison: position + 1,
			...asked(number),
			...said
		}))
	};
	return JSON.stringify(whole, null, '\t');
};
