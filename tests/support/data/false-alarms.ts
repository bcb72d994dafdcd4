import { randomFrom } from '../../../src/lib/core/math/hash.ts';
import { decisionOf } from '../../../src/lib/core/evaluations/rules.ts';
import { anytimeInterval, logEvidence } from '../../../src/lib/core/evaluations/evidence.ts';
import { scoresFrom, singleVotes } from '../../../src/lib/core/evaluations/scores.ts';
import { singleTally, type Tally } from '../../../src/lib/core/evaluations/tally.ts';

// How often equal models get a verdict: every path of votes, a look after every prompt, the very rule the server asks.

export type End = 'ship-it' | 'dont-ship';
type Table = (End | null)[][];

const tally = (wins: number, losses: number, prompts: number, more: Partial<Tally>, attempt: number): Tally => ({
	...singleTally({ wins, losses, ties: 0, bothBad: 0 }),
	plan: { prompts, votes: 1, delta: 20, attempt },
	...more
});

/** [wins][losses]: what is decided in the middle of an evaluation, and at its planned end. Ties change neither. */
export const tablesOf = (largest: number, attempt = 1) => {
	const table = (planned: (d: number) => number): Table =>
		Array.from({ length: largest + 1 }, (_, wins) =>
			Array.from({ length: largest + 1 - wins }, (_, losses) =>
				decisionOf(tally(wins, losses, planned(wins + losses), { scores: singleVotes(wins, losses) }, attempt))
			)
		);
	return { early: table(() => 10_000), final: table((d) => d) };
};

type Tables = ReturnType<typeof tablesOf>;

/** One prompt more for everybody who is still without a verdict; what ends here is taken out and returned. */
const step = (alive: number[][], n: number, ties: number, ends: (wins: number, losses: number) => boolean) => {
	const decisive = (1 - ties) / 2;
	const next = Array.from({ length: n + 1 }, (_, wins) => new Array<number>(n + 1 - wins).fill(0));
	alive.forEach((row, wins) =>
		row.forEach((chance, losses) => {
			if (chance === 0) return;
			next[wins + 1]![losses]! += chance * decisive;
			next[wins]![losses + 1]! += chance * decisive;
			next[wins]![losses]! += chance * ties;
		})
	);
	return { next, stopped: take(next, ends) };
};

const take = (alive: number[][], ends: (wins: number, losses: number) => boolean) => {
	let taken = 0;
	alive.forEach((row, wins) =>
		row.forEach((chance, losses) => {
			if (chance === 0 || !ends(wins, losses)) return;
			taken += chance;
			row[losses] = 0;
		})
	);
	return taken;
};

/** The chance of this verdict for every plan up to `largest`, exactly; `ties` of all prompts make no difference. */
export const alarms = ({ early, final }: Tables, end: End, ties: number, largest: number): number[] => {
	let alive = [[1]];
	let stopped = 0;
	const byPlan = [0];
	for (let n = 1; n <= largest; n++) {
		const looked = step(alive, n, ties, (wins, losses) => early[wins]![losses] === end);
		stopped += looked.stopped;
		alive = looked.next;
		let atEnd = 0;
		alive.forEach((row, wins) => row.forEach((chance, losses) => (atEnd += final[wins]![losses] === end ? chance : 0)));
		byPlan.push(stopped + atEnd);
	}
	return byPlan;
};

/** The same for one plan that goes on with *Continue* after every inconclusive end, up to `largest` prompts. */
export const alarmsWithContinue = (
	{ early, final }: Tables,
	end: End,
	ties: number,
	plan: number,
	largest: number
): number => {
	let alive = [[1]];
	let stopped = 0;
	for (let n = 1; n <= largest; n++) {
		const looked = step(alive, n, ties, (wins, losses) => early[wins]![losses] === end);
		stopped += looked.stopped;
		alive = looked.next;
		if (n === plan) stopped += take(alive, (wins, losses) => final[wins]![losses] === end);
	}
	return stopped;
};

/** So many evaluations of equal models, several votes a prompt. */
export type Cell = { prompts: number; votes: number; taste: number; ties: number; runs: number; goesOn?: boolean };

const normal = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The share of evaluations in which a look after some prompt, the last one included, said this. Seeded. */
export const simulated = ({ prompts, votes, taste, ties, runs, goesOn = false }: Cell, end: End): number => {
	const random = randomFrom(`alarms ${prompts} ${votes} ${taste} ${ties}`);
	let said = 0;
	for (let run = 0; run < runs; run++) {
		const sums: number[] = [];
		const most = goesOn ? 3 * prompts : prompts;
		for (let n = 1; n <= most; n++) {
			const liking = 1 / (1 + Math.exp(-taste * normal(random)));
			let sum = 0;
			for (let vote = 0; vote < votes; vote++) if (random() >= ties) sum += random() < liking ? 1 : -1;
			sums.push(sum);
			const t = tally(0, 0, prompts, { scores: scoresFrom(sums, votes), continued: n > prompts }, 1);
			if (decisionOf({ ...t, plan: { ...t.plan, votes } }) === end) {
				said++;
				break;
			}
		}
	}
	return said / runs;
};

/** How often the always-valid interval, stopped as soon as it leaves out 0 (when E reaches 20), holds the truth. Seeded. */
export const anytimeCoverage = (prompts: number, votes: number, wins: number, ties: number, runs: number): number => {
	const random = randomFrom(`anytime ${prompts} ${votes} ${wins} ${ties}`);
	const truth = (1 - ties) * (2 * wins - 1);
	let covered = 0;
	for (let run = 0; run < runs; run++) {
		const sums: number[] = [];
		do {
			let sum = 0;
			for (let vote = 0; vote < votes; vote++) if (random() >= ties) sum += random() < wins ? 1 : -1;
			sums.push(sum);
		} while (sums.length < prompts && logEvidence(scoresFrom(sums, votes)) < Math.log(20));
		const [low, high] = anytimeInterval(scoresFrom(sums, votes), 20);
		covered += Number(low <= truth && truth <= high);
	}
	return covered / runs;
};

/** A limit for what was simulated: three standard errors above it. */
export const above = (limit: number, runs: number) => limit + 3 * Math.sqrt((limit * (1 - limit)) / runs);
