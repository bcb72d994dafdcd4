// Recomputes every number of a verdict from the votes in an export of results, on its own: nothing of aitelier is imported, and where
// there are two ways to compute a thing this takes the other one. Prints one line for each, and ends with 1 when one differs.
//
//   node recompute.mjs support-results.json
import { readFileSync } from 'node:fs';

const worth = { a: 1, b: -1, tie: 0, both_bad: 0 };
const z = 1.96;

/** Who was meant: the first answer was `first`'s. */
const meant = ({ choice, first }) => {
	if (choice === 'tie' || choice === 'both_bad') return choice;
	return choice === 'first' ? first : first === 'a' ? 'b' : 'a';
};

/** ln of the sum of what is given by its logarithms. */
const logSum = (logs) => {
	const most = Math.max(...logs);
	return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
};

/** ½ ∫ Π (1 + λ(s − μ)/(1 + |μ|)) dλ over −1 … 1, by Simpson's rule in t with λ = tanh t, which looks closely at the ends. */
const logEvidence = (scores, mu = 0) => {
	const counts = new Map();
	for (const s of scores) counts.set(s, (counts.get(s) ?? 0) + 1);
	const [reach, steps] = [20, 2000];
	const h = (2 * reach) / steps;
	const logs = [];
	for (let i = 0; i <= steps; i++) {
		const t = -reach + i * h;
		// 1 + λx without cancellation is ((1 + x)·e^t + (1 − x)·e^−t) / (e^t + e^−t), and dλ is 4 / (e^t + e^−t)² dt
		const both = Math.abs(t) + Math.log1p(Math.exp(-2 * Math.abs(t)));
		let log = 2 * (Math.LN2 - both) + Math.log(i === 0 || i === steps ? 1 : i % 2 ? 4 : 2);
		for (const [s, count] of counts) {
			const x = (s - mu) / (1 + Math.abs(mu));
			const parts = [];
			if (1 + x > 0) parts.push(Math.log(1 + x) + t);
			if (1 - x > 0) parts.push(Math.log(1 - x) - t);
			log += count * (logSum(parts) - both);
		}
		logs.push(log);
	}
	return logSum(logs) + Math.log(h / 3) - Math.LN2;
};

/** Every sum of ± the scores, with its chance, one prompt after the other; in whole votes. */
const signFlip = (sums) => {
	let chances = new Map([[0, 1]]);
	for (const sum of sums.filter((one) => one !== 0)) {
		const next = new Map();
		for (const [at, chance] of chances)
			for (const to of [at + sum, at - sum]) next.set(to, (next.get(to) ?? 0) + chance / 2);
		chances = next;
	}
	const seen = Math.abs(sums.reduce((all, one) => all + one, 0));
	let tail = 0;
	for (const [at, chance] of chances) if (Math.abs(at) >= seen) tail += chance;
	return Math.min(1, tail);
};

const bisect = (inside, outside, isOut) => {
	let [from, to] = [inside, outside];
	for (let i = 0; i < 50; i++) {
		const middle = (from + to) / 2;
		if (isOut(middle)) to = middle;
		else from = middle;
	}
	return from;
};

const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;

const anytime = (scores, bar) => {
	const isOut = (mu) => logEvidence(scores, mu) >= Math.log(bar);
	const end = (limit) => (isOut(limit) ? bisect(mean(scores), limit, isOut) : limit);
	return [end(-1), end(1)];
};

/** Tango's interval: the differences d whose restricted estimate is not 1.96 standard errors away. Solved from the score itself. */
const tango = (wins, losses, n) => {
	const isOut = (d) => {
		// the chance of a loss under difference d that makes the votes most likely: p21 of A p² + B p + C = 0
		const A = 2 * n;
		const B = -wins - losses + (2 * n - wins + losses) * d;
		const C = -losses * d * (1 - d);
		const p = (Math.sqrt(Math.max(0, B * B - 4 * A * C)) - B) / (2 * A);
		const off = wins - losses - n * d;
		return off * off > z * z * n * (2 * p + d * (1 - d));
	};
	const m = (wins - losses) / n;
	return [-1, 1].map((limit) => (m === limit ? limit : bisect(m, limit, isOut)));
};

const widened = (scores) => {
	const all = [...scores, 1, -1];
	const m = mean(all);
	const sd = Math.sqrt(all.reduce((sum, s) => sum + (s - m) ** 2, 0) / (all.length - 1));
	const half = (z * sd) / Math.sqrt(all.length);
	return [Math.max(-1, m - half), Math.min(1, m + half)];
};

const wilson = (wins, d) => {
	const p = wins / d;
	const half = z * Math.sqrt((p * (1 - p)) / d + (z * z) / (4 * d * d));
	return [(p + (z * z) / (2 * d) - half) / (1 + (z * z) / d), (p + (z * z) / (2 * d) + half) / (1 + (z * z) / d)];
};

/** What voters gave the answers of either side, from 1 to 10, where they did. */
const meanScores = (votes) => {
	const of = (side) => {
		const given = votes.flatMap(({ scores }) => (scores?.[side] == null ? [] : [scores[side]]));
		return { mean: given.length === 0 ? null : mean(given), count: given.length };
	};
	const [a, b] = [of('a'), of('b')];
	return a.count + b.count === 0 ? null : { a, b };
};

/** All numbers of a verdict, from the votes and the plan. */
export const recompute = ({ plan, comparisons, skipped = [] }) => {
	const k = plan.votes;
	const bar = { p: 0.05 / plan.attempt ** 2, reject: 0.045 / plan.attempt ** 2, evidence: 20 * plan.attempt ** 2 };
	const counted = comparisons
		.filter(({ votes }) => votes.length >= k)
		.map(({ votes, complete_a, complete_b }) => {
			const first = votes.slice(0, k).map(meant);
			const sum = first.reduce((all, outcome) => all + worth[outcome], 0);
			return { sum, bad: first.every((outcome) => outcome === 'both_bad'), complete_a, complete_b };
		});
	const sums = counted.map(({ sum }) => sum);
	const n = sums.length;
	const scores = sums.map((sum) => sum / k);
	const wins = sums.filter((sum) => sum > 0).length;
	const losses = sums.filter((sum) => sum < 0).length;
	const bothBad = counted.filter(({ bad }) => bad).length;
	const d = wins + losses;
	const m = n === 0 ? null : mean(scores);
	// out is what would have got its votes without the skips, and cannot get them now
	const out = skipped.filter(({ voted, skipped, left }) => voted + left < k && voted + left + skipped >= k).length;
	const complete = !plan.continued && n + out === plan.prompts;
	const log = n === 0 ? 0 : logEvidence(scores);
	const p = complete ? signFlip(sums) : Math.min(1, Math.exp(-log));
	const proven = log >= Math.log(bar.evidence);
	const interval =
		n === 0 ? null : !complete ? anytime(scores, bar.evidence) : k === 1 ? tango(wins, losses, n) : widened(scores);
	const remarks = comparisons.filter(({ votes }) => votes.length >= k).flatMap(({ votes }) => votes);
	const broken = ['complete_a', 'complete_b'].map((side) => counted.filter((pair) => !pair[side]).length);
	return {
		counts: { wins, losses, ties: n - d - bothBad, bothBad, skipped: out, planned: plan.prompts },
		netPreference: m,
		interval,
		winRate: d === 0 ? null : wins / d,
		winInterval: d === 0 ? null : wilson(wins, d),
		p,
		evidence: Math.min(Number.MAX_VALUE, Math.exp(log)),
		decisive: d,
		judged: n,
		scores: meanScores(remarks),
		kind: kindOf({ m: m ?? 0, d, n, bothBad, complete, p, proven, bar, interval, plan, broken })
	};
};

/** The first rule that holds. That a prompt was in training is not in an export: there BLOCKED is taken over. */
const kindOf = ({ m, d, n, bothBad, complete, p, proven, bar, interval, plan, broken: [a, b] }) => {
	if ((n > 0 && bothBad * 5 >= n * 2) || (a !== b && Math.abs(a - b) * 10 >= n)) return 'blocked';
	if (m < 0 && d >= 8 && ((complete && p < bar.reject) || proven)) return 'dont-ship';
	if (m > 0 && d >= 12 && bothBad * 5 <= n && ((complete && p < bar.p) || proven)) return 'ship-it';
	const within = n >= 40 && interval[0] > -plan.delta / 100 && interval[1] < plan.delta / 100;
	if (within && (complete || plan.continued)) return 'too-close';
	return m >= 0.1 && d > 5 ? 'promising' : 'need-more-data';
};

const same = (one, other) => {
	if (Array.isArray(one) && Array.isArray(other)) return one.every((each, i) => same(each, other[i]));
	if (typeof one !== 'number' || typeof other !== 'number') return one === other;
	return Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one));
};

/** Each number with what the export says, and whether they are the same. */
export const compared = (file) => {
	const { counts, scores, ...mine } = recompute(file);
	const leaked =
		file.verdict.kind === 'blocked' && file.checks.some(({ name, state }) => name === 'leak' && state === 'block');
	const rows = [
		...Object.entries(counts).map(([name, value]) => [name, value, file.counts[name]]),
		...Object.entries(leaked ? { ...mine, kind: 'blocked' } : mine).map(([name, value]) => [
			name,
			value,
			file.verdict[name]
		])
	];
	for (const side of ['a', 'b'])
		for (const what of ['mean', 'count'])
			if (scores !== null || file.scores)
				rows.push([`scores.${side}.${what}`, scores?.[side][what], file.scores?.[side][what]]);
	return rows.map(([name, value, told]) => ({ name, value, told, same: same(value, told) }));
};

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').at(-1))) {
	const name = process.argv[2];
	if (!name) {
		console.error('Which export? node recompute.mjs support-results.json');
		process.exit(2);
	}
	const file = JSON.parse(readFileSync(name, 'utf8'));
	const rows = compared(file);
	// exports of before there was a pool do not say it: then they were validation examples
	console.log(`asked: ${file.plan.promptsFrom === 'pool' ? 'prompts of the pool' : 'validation examples'}`);
	for (const { name, value, told, same } of rows)
		console.log(
			`${same ? 'same  ' : 'DIFFER'} ${name}: ${JSON.stringify(value)}${same ? '' : `, the export says ${JSON.stringify(told)}`}`
		);
	process.exit(rows.every(({ same }) => same) ? 0 : 1);
}
