import { wilson } from '../math/binomial.ts';
import type { Check } from './check.ts';
import { evidenceOf } from './evidence.ts';
import { fragilityOf } from './fragility.ts';
import { chanceOf, intervalOf, type VerdictKind, verdictKind } from './rules.ts';
import { netPreference, winsOf } from './scores.ts';
import { decisiveOf, judgedOf, type Tally } from './tally.ts';
import { type Names, verdictSentence, verdictTitles } from './verdict-sentence.ts';
import { tallyChecks } from './tally-checks.ts';

export type Verdict = {
	kind: VerdictKind;
	title: string;
	sentence: string;
	/** The headline: the mean score, −1 to +1, and the 95 % interval that is in force. null when nothing counts. */
	netPreference: number | null;
	interval: [low: number, high: number] | null;
	/** Beside it: wins of the decisive prompts and the Wilson 95 % interval, as fractions. null without decisive prompts. */
	winRate: number | null;
	winInterval: [low: number, high: number] | null;
	/** How often equal models would look this different: the exact test at the planned end, 1/E at any other time. */
	p: number;
	/** E, which may be looked at at any time. */
	evidence: number;
	decisive: number;
	judged: number;
	/** How many prompts, turned in the same way, would remove SHIP IT or DON'T SHIP. `null` for the other verdicts. */
	fragility: number | null;
	checks: Check[];
};

/** What the votes allow to be said, and no more. Pure and complete: the whole page of results is made from it. */
export const judge = (t: Tally, names: Names = { a: 'the new model', b: 'base' }): Verdict => {
	const kind = verdictKind(t);
	const decisive = decisiveOf(t);
	const fragility = fragilityOf(t);
	const mean = netPreference(t.scores);
	return {
		kind,
		title: verdictTitles[kind],
		sentence: verdictSentence(kind, t, names),
		netPreference: mean,
		interval: mean === null ? null : intervalOf(t),
		winRate: decisive === 0 ? null : winsOf(t.scores) / decisive,
		winInterval: wilson(winsOf(t.scores), decisive),
		p: chanceOf(t),
		evidence: evidenceOf(t.scores),
		decisive,
		judged: judgedOf(t),
		fragility,
		checks: tallyChecks(t, names, { fragility, title: verdictTitles[kind] })
	};
};
