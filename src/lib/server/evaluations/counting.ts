import { and, eq } from 'drizzle-orm';
import { type Counted, type Repeated, type Skipped, countedFrom } from '../../core/evaluations/counted.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import { outcomeOf, scoreOf } from '../../core/evaluations/scores.ts';
import type { Tx } from '../access/scope.ts';
import { evaluations, projects } from '../platform/db/schema.ts';
import { outOf, peopleOf } from './electorate.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { type Judgeable, factsOf } from './judged.ts';
import type { JudgedPair } from './judged-pairs.ts';
import { type Contender, namesOf } from './rows.ts';
import {
	type Standing,
	type Vote,
	guestVotesOf,
	pairingsOf,
	remarksOn,
	repeatsIn,
	saidOf,
	scriptVotesOf,
	standingOf
} from './votes.ts';

/** A step: the evaluation and those it continues, the first one first. */
export const chainOf = async (tx: Tx, evaluation: Evaluation): Promise<Evaluation[]> => {
	const chain = [evaluation];
	while (chain[0]!.continuesId !== null) {
		const [before] = await tx.select().from(evaluations).where(eq(evaluations.id, chain[0]!.continuesId));
		chain.unshift(before!);
	}
	return chain;
};

/** By the ballot of a vote what was said when its pair came once more to the same person. */
export const againOf = (votes: readonly Vote[], repeats: readonly Vote[]): Map<string, Vote> => {
	const nameOf = ({ pairingId, personId }: Vote) => `${pairingId} ${personId}`;
	const again = new Map(repeats.map((repeat) => [nameOf(repeat), repeat]));
	return new Map(votes.flatMap((vote) => (again.has(nameOf(vote)) ? [[vote.ballotId, again.get(nameOf(vote))!]] : [])));
};

/** The pairings that have their votes, and what was asked in those that have not. */
const judgedIn = async (tx: Tx, { id, votesPerPrompt }: Evaluation, standing: Standing, from: number) => {
	const said = saidOf(standing.votes);
	const people = await peopleOf(tx, id);
	const out = outOf(standing, people, votesPerPrompt);
	const all = await pairingsOf(tx, id);
	const pairs = all.flatMap((pairing): Judgeable[] => {
		const given = said.get(pairing.id) ?? [];
		const [outcome, sum] = [outcomeOf(given, votesPerPrompt), scoreOf(given, votesPerPrompt)];
		if (outcome === null || sum === null) return [];
		return [{ id: pairing.id, askedId: pairing.askedId, place: from + pairing.position, outcome, sum }];
	});
	const has = new Set(pairs.map((pair) => pair.id));
	const lacking = all.filter((pairing) => !has.has(pairing.id));
	const skipped = lacking.flatMap((pairing): Skipped[] => {
		if (!out.has(pairing.id)) return [];
		const [voted, by] = [said.get(pairing.id)?.length ?? 0, standing.skips.get(pairing.id)!];
		const heard = new Set([
			...by,
			...standing.votes.filter((vote) => vote.pairingId === pairing.id).map((vote) => vote.personId)
		]);
		const left = people.filter((person) => !heard.has(person)).length;
		return [{ askedId: pairing.askedId, place: from + pairing.position, voted, skipped: by.length, left }];
	});
	const missing = lacking.filter((pairing) => !out.has(pairing.id)).map(({ askedId }) => askedId);
	return { pairs, missing, skipped };
};

/**
 * A step: counts what the votes of a comparison come to, with those of the ones it continues: every vote and every answer that counts is read.
 * At the reveal, and where that has not kept it.
 */
export const countAnew = async (
	tx: Tx,
	evaluation: Evaluation,
	contenders: Record<Letter, Contender>
): Promise<{ counted: Counted; pairs: JudgedPair[] }> => {
	const votes: Vote[] = [];
	const repeats: Vote[] = [];
	const remarks = new Map<string, Remark>();
	const judged: Omit<JudgedPair, 'votes' | 'again'>[] = [];
	const skipped: Skipped[] = [];
	let [missing, from]: [string[], number] = [[], 0];
	const [project] = await tx
		.select({ name: projects.name })
		.from(projects)
		.where(and(eq(projects.id, evaluation.projectId)));
	const names = namesOf(contenders, project!.name);
	for (const one of await chainOf(tx, evaluation)) {
		const standing = await standingOf(tx, one.id);
		const found = await judgedIn(tx, one, standing, from);
		votes.push(...standing.votes);
		const again = await repeatsIn(tx, one);
		repeats.push(...again);
		for (const [ballotId, remark] of await remarksOn(tx, one.id, standing.votes)) remarks.set(ballotId, remark);
		skipped.push(...found.skipped);
		judged.push(...(await factsOf(tx, found.pairs, evaluation.votesPerPrompt, names)));
		from += one.planned;
		missing = found.missing; // what an earlier one has left open is asked again in the next
	}
	// checks speak of the votes on what counts, as every number does
	const counting = new Set(judged.map(({ id }) => id));
	const counted = votes.filter(({ pairingId }) => counting.has(pairingId));
	const again = againOf(votes, repeats);
	const byPair = Map.groupBy(counted, ({ pairingId }) => pairingId);
	return {
		counted: {
			...countedFrom(
				judged,
				evaluation.votesPerPrompt,
				counted,
				counted.flatMap(({ ballotId, personId, outcome }): Repeated[] =>
					again.has(ballotId) ? [{ personId, before: outcome, again: again.get(ballotId)!.outcome }] : []
				),
				counted.flatMap(({ ballotId }) => remarks.get(ballotId) ?? [])
			),
			missing,
			skipped,
			scripts: await scriptVotesOf(tx, evaluation.id),
			guests: await guestVotesOf(tx, evaluation.id)
		},
		pairs: judged.map((pair) => {
			const own = byPair.get(pair.id)!;
			return { ...pair, votes: own.length, again: own.some(({ ballotId }) => again.has(ballotId)) };
		})
	};
};
