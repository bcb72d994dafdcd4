// What is kept of an evaluation for whoever lists it, held against the votes it was counted from.
import { eq } from 'drizzle-orm';
import type postgres from 'postgres';
import type { ReservedSql } from 'postgres';
import { verdictTitles } from '../../core/evaluations/verdict-sentence.ts';
import { chainOf } from '../evaluations/counting.ts';
import type { Evaluation } from '../evaluations/evaluation.ts';
import { countedScores } from '../evaluations/scores.ts';
import { countedResult } from '../evaluations/verdict.ts';
import type { Tx } from '../access/scope.ts';
import { drizzleOn } from '../platform/db/drizzle.ts';
import { evaluations } from '../platform/db/schema.ts';

type Kept = Record<string, unknown>;

/** Another machine may round the last digits of a logarithm in another way. */
const rounded = (value: unknown) =>
	JSON.stringify(value, (_, each: unknown) => (typeof each === 'number' ? Number(each.toFixed(9)) : each));

/**
 * A step: what follows from the votes, as far as nothing that came later is in it. Whether a model had learnt a prompt, or an answer was cut
 * off, may be known by now, or forgotten: that decides *blocked* and nothing else. Who could have skipped was not always kept.
 */
const countedAnew = async (tx: Tx, evaluation: Evaluation): Promise<Kept> => {
	if (evaluation.kind === 'scoring') return countedScores(tx, evaluation);
	const { kind, title: _, interval, ...rest } = (await countedResult(tx, evaluation)).result;
	const chain = await chainOf(tx, evaluation);
	if (chain.some(({ electorate }) => electorate === null)) return rest;
	const isBlocked = [kind, evaluation.result?.kind].includes('blocked');
	return { ...rest, interval, ...(!isBlocked && { kind }) };
};

/** The names of what is kept otherwise. */
const differing = async (tx: Tx, evaluation: Evaluation): Promise<string[]> => {
	const { result, scored, revealedAt, kind } = evaluation;
	if (revealedAt === null)
		return ['result', 'scored'].filter((name) => evaluation[name as 'result' | 'scored'] !== null);
	const [kept, other]: [Kept | null, unknown] = kind === 'scoring' ? [scored, result] : [result, scored];
	const wrong = other === null ? [] : [kind === 'scoring' ? 'result' : 'scored'];
	if (kept === null) return wrong;
	if (result && result.title !== verdictTitles[result.kind]) wrong.push('title');
	const anew = await countedAnew(tx, evaluation);
	return [...wrong, ...Object.keys(anew).filter((name) => rounded(kept[name]) !== rounded(anew[name]))];
};

/** Of every evaluation that has something kept, one after the other. `sql` is the owner's, who sees all teams. */
export const compareResults = async (
	sql: postgres.TransactionSql,
	report: (row: { team: string; project: string }, sentence: string) => void
): Promise<void> => {
	const tx = drizzleOn(sql as unknown as ReservedSql) as Tx;
	const rows = await sql<{ team: string; project: string; id: string; team_id: string }[]>`
		select t.slug as team, p.slug as project, x.id, x.team_id
		from evaluations x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id
		where x.result is not null or x.scored is not null order by x.team_id, x.project_id, x.number`;
	for (const { id, team_id: teamId, ...row } of rows) {
		// the functions that name voters ask for whom
		await sql`select set_config('app.team_id', ${teamId}, true), set_config('app.role', 'owner', true), set_config('app.project_ids', 'all', true)`;
		const [evaluation] = await tx.select().from(evaluations).where(eq(evaluations.id, id));
		const names = await differing(tx, evaluation!);
		if (names.length === 0) continue;
		const what = evaluation!.kind === 'scoring' ? 'scoring' : 'comparison';
		report(row, `what is kept of ${what} ${evaluation!.number} is not what its votes make: ${names.join(', ')}.`);
	}
};
