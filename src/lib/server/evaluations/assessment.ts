import { eq, isNotNull, and } from 'drizzle-orm';
import type { VoterFacts } from '../../core/evaluations/checks.ts';
import type { Names as Sides } from '../../core/evaluations/verdict-sentence.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import { scoreOf, scoresFrom, outcomeOf } from '../../core/evaluations/scores.ts';
import type { Tally } from '../../core/evaluations/tally.ts';
import { type Verdict, judge } from '../../core/evaluations/verdict.ts';
import { named, votersIn } from '../access/named.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, projects, rewrites } from '../platform/db/schema.ts';
import { alikeAmong } from './asked.ts';
import { type CountedPair, type Counted, factsOf } from './judged.ts';
import { leakedIn } from './leaks.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { type Contender, namesOf } from './rows.ts';
import { earlierTries } from './tries.ts';
import { outOf, peopleOf } from './electorate.ts';
import { type Standing, type Vote, pairingsOf, remarksOn, repeatsIn, saidOf, standingOf } from './votes.ts';

/** Everything that a verdict stands on, and the verdict. */
export type Assessment = {
	tally: Tally;
	verdict: Verdict;
	/** The prompts that count, those of what it continues first. */
	pairs: CountedPair[];
	/** What has not got its votes, and what is out, because people skipped it: examples, or prompts of the pool. */
	missing: string[];
	skipped: Skipped[];
	votes: Vote[];
	/** What voters said of pairs that came to them once more: no votes. */
	repeats: Vote[];
	/** What was added to them, by their ballots. */
	remarks: Map<string, Remark>;
	voters: VoterFacts[];
	/** The examples or prompts that some checks speak of. */
	marked: Record<'leaked' | 'alike' | 'own-words', ReadonlySet<string>>;
	sides: Sides;
};

/** A prompt that is out: how many have judged it, how many skipped it, and of how many nothing was heard. */
export type Skipped = { askedId: string; place: number; voted: number; skipped: number; left: number };

/** A step: the evaluation and those it continues, the first one first. */
export const chainOf = async (tx: Tx, evaluation: Evaluation): Promise<Evaluation[]> => {
	const chain = [evaluation];
	while (chain[0]!.continuesId !== null) {
		const [before] = await tx.select().from(evaluations).where(eq(evaluations.id, chain[0]!.continuesId));
		chain.unshift(before!);
	}
	return chain;
};

const votersOf = async (
	tx: Tx,
	chain: readonly Evaluation[],
	votes: readonly Vote[],
	exampleIds: readonly string[]
): Promise<{ voters: VoterFacts[]; ownWords: Set<string> }> => {
	const voted = new Set(votes.map(({ personId }) => personId));
	const people = new Map<string, string>();
	for (const { id } of chain)
		for (const person of await tx.select({ id: named.id, name: named.name }).from(votersIn(id)))
			if (voted.has(person.id)) people.set(person.id, person.name);
	const written = await tx
		.selectDistinct({ personId: rewrites.personId, exampleId: rewrites.exampleId })
		.from(rewrites)
		.where(and(among(rewrites.exampleId, exampleIds), isNotNull(rewrites.output)));
	const voters = [...people]
		.map(([id, name]) => ({ id, name, wrote: written.filter(({ personId }) => personId === id).length }))
		.sort((one, two) => one.name.localeCompare(two.name));
	const own = written.filter(({ personId }) => people.has(personId));
	return { voters, ownWords: new Set(own.map(({ exampleId }) => exampleId)) };
};

/** The pairings that have their votes, and what was asked in those that have not. */
const countedOf = async (tx: Tx, { id, votesPerPrompt }: Evaluation, standing: Standing, from: number) => {
	const said = saidOf(standing.votes);
	const people = await peopleOf(tx, id);
	const out = outOf(standing, people, votesPerPrompt);
	const all = await pairingsOf(tx, id);
	const pairs = all.flatMap((pairing): Counted[] => {
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
	return { asked: all.map(({ askedId }) => askedId), pairs, missing, skipped };
};

/**
 * A step: what the votes of an evaluation come to, with those of the ones it continues. Every page, file and event takes its numbers
 * from here.
 */
export const assessmentOf = async (
	tx: Tx,
	evaluation: Evaluation,
	contenders: Record<Letter, Contender>
): Promise<Assessment> => {
	const chain = await chainOf(tx, evaluation);
	const votes: Vote[] = [];
	const repeats: Vote[] = [];
	const remarks = new Map<string, Remark>();
	const pairs: CountedPair[] = [];
	const skipped: Skipped[] = [];
	const leaked: string[] = [];
	let [missing, from]: [string[], number] = [[], 0];
	const [project] = await tx
		.select({ name: projects.name })
		.from(projects)
		.where(eq(projects.id, evaluation.projectId));
	const names = namesOf(contenders, project!.name);
	const { votesPerPrompt, delta, attempt, maxTokens } = evaluation;
	for (const one of chain) {
		const standing = await standingOf(tx, one.id);
		const found = await countedOf(tx, one, standing, from);
		votes.push(...standing.votes);
		const again = await repeatsIn(tx, one);
		repeats.push(...again);
		const said = [...standing.votes, ...again];
		for (const [ballotId, remark] of await remarksOn(tx, one.id, said)) remarks.set(ballotId, remark);
		skipped.push(...found.skipped);
		pairs.push(...(await factsOf(tx, one.id, found.pairs, votesPerPrompt, names)));
		from += one.planned;
		missing = found.missing; // what an earlier one has left open is asked again in the next
		leaked.push(...(await leakedIn(tx, one, found.asked)));
	}
	const { voters, ownWords } = await votersOf(
		tx,
		chain,
		votes,
		// nobody has written an answer to a prompt of the pool
		evaluation.promptsFrom === 'pool' ? [] : pairs.map(({ askedId }) => askedId)
	);
	const alike = await alikeAmong(
		tx,
		evaluation.promptsFrom,
		pairs.map(({ askedId }) => askedId)
	);
	const broken = (side: Letter) => pairs.filter((pair) => !pair[side].complete).length;
	const tally: Tally = {
		scores: scoresFrom(
			pairs.map(({ sum }) => sum),
			votesPerPrompt
		),
		bothBad: pairs.filter(({ outcome }) => outcome === 'both_bad').length,
		plan: { prompts: pairs.length + missing.length + skipped.length, votes: votesPerPrompt, delta, attempt },
		skipped: skipped.length,
		continued: chain.length > 1,
		leaked: new Set(leaked).size,
		alike: alike && alike.reduce((sum, { length }) => sum + length - 1, 0),
		broken: { a: broken('a'), b: broken('b') }
	};
	const counts = new Set(pairs.map(({ id }) => id));
	const judges = new Set(votes.filter(({ pairingId }) => counts.has(pairingId)).map(({ personId }) => personId));
	const sides: Sides = {
		a: contenders.a.label,
		b: contenders.b.label,
		prompted: evaluation.againstFewShot !== null,
		people: voters.filter(({ id }) => judges.has(id)).map(({ name }) => name),
		maxTokens,
		earlier: await earlierTries(tx, chain[0]!),
		untold: [contenders.a, contenders.b].filter(({ kind }) => kind === 'model').map(({ label }) => label)
	};
	const marked = { leaked: new Set(leaked), alike: new Set(alike?.flat()), 'own-words': ownWords };
	return {
		tally,
		verdict: judge(tally, sides),
		pairs,
		missing,
		skipped,
		votes,
		repeats,
		remarks,
		voters,
		marked,
		sides
	};
};
