// What is kept of an evaluation for whoever lists it, held against the votes it was counted from.
import { eq, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { ReservedSql } from 'postgres';
import { hasName } from '../../core/evaluations/masking.ts';
import { verdictTitles } from '../../core/evaluations/verdict-sentence.ts';
import { chainOf } from '../evaluations/counting.ts';
import { type Evaluation, keptVotes } from '../evaluations/evaluation.ts';
import { type JudgedPair, keptPairs, pairsIn } from '../evaluations/judged-pairs.ts';
import { countedScores } from '../evaluations/scores.ts';
import { textsOf } from '../evaluations/texts.ts';
import { countedResult } from '../evaluations/verdict.ts';
import type { Tx } from '../access/scope.ts';
import { drizzleOn } from '../platform/db/drizzle.ts';
import { evaluations } from '../platform/db/schema.ts';

type Kept = Record<string, unknown>;

const isMap = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Another machine may round the last digits of a logarithm in another way, and a database that was restored order fields in another. */
const rounded = (value: unknown) =>
	JSON.stringify(value, (_, each: unknown) =>
		typeof each === 'number'
			? Number(each.toFixed(9))
			: isMap(each)
				? Object.fromEntries(Object.entries(each).sort(([one], [two]) => (one < two ? -1 : 1)))
				: each
	);

/**
 * What follows from the votes, as far as nothing that came later is in it. Whether a model had learnt a prompt, or an answer was cut
 * off, may be known by now, or forgotten: that decides *blocked* and nothing else. Who could have skipped was not always kept.
 */
const resultAnew = (evaluation: Evaluation, { result }: Anew, isElectorateKnown: boolean): Kept => {
	const { kind, title: _, interval, ...rest } = result;
	if (!isElectorateKnown) return rest;
	const isBlocked = [kind, evaluation.result?.kind].includes('blocked');
	return { ...rest, interval, ...(!isBlocked && { kind }) };
};
type Anew = Awaited<ReturnType<typeof countedResult>>;

/** The names of what is kept otherwise. */
const unlike = (kept: Kept, anew: Kept): string[] =>
	Object.keys(anew).filter((name) => rounded(kept[name]) !== rounded(anew[name]));

/** Which names of models there are, other versions and other names of the project may have said: one that is kept has to stand there. */
const areNamed = async (tx: Tx, pairs: readonly JudgedPair[]): Promise<boolean> => {
	const naming = pairs.filter(({ a, b }) => a.named !== null || b.named !== null);
	const texts = await textsOf(
		tx,
		naming.map(({ id }) => id)
	);
	return naming.every(({ id, ...pair }) =>
		(['a', 'b'] as const).every((letter) => {
			const { text, told } = texts.get(id)![letter];
			const { named } = pair[letter];
			return named === null || told !== null || hasName(text, named);
		})
	);
};

const unnamed = (pairs: readonly JudgedPair[]) =>
	pairs.map(({ a, b, ...pair }) => ({ ...pair, a: { ...a, named: null }, b: { ...b, named: null } }));

/** The same of what is kept for its page. */
const differingCounts = async (tx: Tx, evaluation: Evaluation, anew: Anew, isElectorateKnown: boolean) => {
	const { named: _, missing, skipped, ...rest } = anew.counted;
	const kept = keptVotes(evaluation)!;
	const names = unlike(kept, { ...rest, ...(isElectorateKnown && { missing, skipped }) });
	const pairs = await pairsIn(tx, keptPairs(evaluation.id), evaluation.votesPerPrompt, { where: sql`true` });
	const naming = pairs.filter(({ a, b }) => a.named !== null || b.named !== null).length;
	const areSame = rounded(unnamed(pairs)) === rounded(unnamed(anew.pairs));
	const isNamed = naming === kept.named && (await areNamed(tx, pairs));
	return [...names, ...(isNamed ? [] : ['named']), ...(areSame ? [] : ['pairs'])];
};

const hasPairs = async (tx: Tx, { id }: Evaluation): Promise<boolean> =>
	(await pairsIn(tx, keptPairs(id), 1, { where: sql`true`, limit: 1 })).length > 0;

/** The names of all that is kept otherwise. */
const differing = async (tx: Tx, evaluation: Evaluation): Promise<string[]> => {
	const { result, scored, counted, revealedAt, kind } = evaluation;
	// they are written down with what was counted, and with nothing else
	const strays = counted === null && (await hasPairs(tx, evaluation)) ? ['pairs'] : [];
	if (revealedAt === null)
		return [...(['result', 'scored', 'counted'] as const).filter((name) => evaluation[name] !== null), ...strays];
	if (kind === 'scoring') {
		const wrong = [...(result === null ? [] : ['result']), ...strays];
		if (scored === null && counted === null) return wrong;
		const anew = await countedScores(tx, evaluation);
		if (scored !== null) wrong.push(...unlike(scored, anew.scored));
		const { skipped, ...rest } = anew.counted;
		const isElectorateKnown = evaluation.electorate !== null;
		if (counted !== null) wrong.push(...unlike(counted, { ...rest, ...(isElectorateKnown && { skipped }) }));
		return wrong;
	}
	const wrong = [...(scored === null ? [] : ['scored']), ...strays];
	if (result === null && counted === null) return wrong;
	const anew = await countedResult(tx, evaluation);
	const isElectorateKnown = (await chainOf(tx, evaluation)).every(({ electorate }) => electorate !== null);
	if (result !== null) {
		if (result.title !== verdictTitles[result.kind]) wrong.push('title');
		wrong.push(...unlike(result, resultAnew(evaluation, anew, isElectorateKnown)));
	}
	if (counted !== null) wrong.push(...(await differingCounts(tx, evaluation, anew, isElectorateKnown)));
	return wrong;
};

/** Of every evaluation that has something kept, one after the other. `all` is the owner's, who sees all teams. */
export const compareResults = async (
	all: postgres.TransactionSql,
	report: (row: { team: string; project: string }, sentence: string) => void
): Promise<void> => {
	const tx = drizzleOn(all as unknown as ReservedSql) as Tx;
	const rows = await all<{ team: string; project: string; id: string; team_id: string }[]>`
		select t.slug as team, p.slug as project, x.id, x.team_id
		from evaluations x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id
		where num_nonnulls(x.result, x.scored, x.counted) > 0
			or exists (select from judged_pairs j where j.team_id = x.team_id and j.evaluation_id = x.id)
		order by x.team_id, x.project_id, x.number`;
	for (const { id, team_id: teamId, ...row } of rows) {
		// the functions that name voters ask for whom
		await all`select set_config('app.team_id', ${teamId}, true), set_config('app.role', 'owner', true), set_config('app.project_ids', 'all', true)`;
		const [evaluation] = await tx.select().from(evaluations).where(eq(evaluations.id, id));
		const names = await differing(tx, evaluation!);
		if (names.length === 0) continue;
		const what = evaluation!.kind === 'scoring' ? 'scoring' : 'comparison';
		report(row, `what is kept of ${what} ${evaluation!.number} is not what its votes make: ${names.join(', ')}.`);
	}
};
