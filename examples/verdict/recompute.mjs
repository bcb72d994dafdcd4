// Recomputes every number of a verdict from the votes in an export of results, or those of a scoring from its scores, on its own: nothing of aitelier is imported, and where
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

/** What a model thinks aloud before its answer is not read by the voters. */
const spoken = (text) => {
	const mark = /^\s*<(think|thinking)>/i;
	let rest = text;
	for (let open = mark.exec(rest); open; open = mark.exec(rest)) {
		const end = rest.toLowerCase().indexOf(`</${open[1].toLowerCase()}>`);
		rest = end < 0 ? '' : rest.slice(end + open[1].length + 3);
	}
	const lone = /^[ \t]*<\/(think|thinking)>[ \t]*$/im.exec(rest);
	if (lone && !/<think/i.test(rest.slice(0, lone.index))) rest = rest.slice(lone.index + lone[0].length);
	return rest === text ? text : rest.trimStart();
};

const points = (share) => {
	const whole = Math.round(100 * share);
	return whole === 0 ? '0' : `${whole < 0 ? '−' : '+'}${Math.abs(whole)}`;
};
const decimal = (x) =>
	x
		.toFixed(2)
		.replace(/^(-?)0\./, '$1.')
		.replace('-', '−');

/**
 * How far people agree: `units` are lists of what was said of one thing by two or more, `scale` all that could be said. Pair by pair:
 * each two judgements of a unit weigh so that a unit counts once (AC) or as often as it was judged (α).
 */
const agreementOf = (units, scale, isOrdinal) => {
	const q = scale.length;
	const weight = (one, two) => {
		const apart = Math.abs(scale.indexOf(one) - scale.indexOf(two));
		return isOrdinal ? 1 - (apart * (apart + 1)) / (q * (q - 1)) : Number(apart === 0);
	};
	const twos = (unit) => unit.flatMap((one, i) => unit.flatMap((two, j) => (i === j ? [] : [[one, two]])));
	const raw = mean(units.map((unit) => mean(twos(unit).map(([one, two]) => Number(one === two)))));
	const seen = mean(units.map((unit) => mean(twos(unit).map(([one, two]) => weight(one, two)))));
	const shares = scale.map((each) =>
		mean(units.map((unit) => unit.filter((one) => one === each).length / unit.length))
	);
	const all = scale.flatMap((one) => scale.map((two) => weight(one, two))).reduce((sum, each) => sum + each, 0);
	const chance = (all / (q * (q - 1))) * shares.reduce((sum, share) => sum + share * (1 - share), 0);
	const said = units.flat();
	const below = (one) => said.filter((each) => scale.indexOf(each) < scale.indexOf(one)).length;
	const rank = new Map(scale.map((each) => [each, below(each) + said.filter((one) => one === each).length / 2]));
	const distance = (one, two) => (isOrdinal ? (rank.get(one) - rank.get(two)) ** 2 : Number(one !== two));
	const sum = (list) => list.reduce((all, [one, two]) => all + distance(one, two), 0);
	const apart = units.reduce((all, unit) => all + sum(twos(unit)) / (unit.length - 1), 0) / said.length;
	const byChance = sum(twos(said)) / (said.length * (said.length - 1));
	return {
		overlap: units.length,
		raw,
		ac: (seen - chance) / (1 - chance),
		alpha: byChance === 0 ? null : 1 - apart / byChance
	};
};
const fewestShared = 20;

/** The numbers in the sentences of the checks: for each the words in which they must stand there. */
const checkWords = ({ contenders, comparisons, plan }) => {
	const votes = comparisons.flatMap(({ votes }, pair) => votes.map((vote) => ({ ...vote, pair })));
	const byVoter = [...Map.groupBy(votes, ({ voter }) => voter)];
	const words = byVoter.map(([voter, own]) => ['voters', `${voter} (${own.length})`]);
	for (const [voter, own] of byVoter) {
		const times = own.map(({ at }) => Date.parse(at)).sort((one, two) => one - two);
		const gaps = times
			.slice(1)
			.map((time, i) => time - times[i])
			.sort((one, two) => one - two);
		const pace = gaps[Math.floor(gaps.length / 2)];
		if (gaps.length >= 5) words.push(['pace', `${voter} ${(pace / 1000).toFixed(pace < 10_000 ? 1 : 0)} s`]);
	}
	for (const [voter, own] of byVoter) {
		const twice = own.filter(({ again }) => again);
		const same = twice.filter((vote) => meant(vote) === meant(vote.again)).length;
		const noun = twice.length === 1 ? 'repeat' : 'repeats';
		if (twice.length > 0)
			words.push(['repeats', `${voter} chose the same answer in ${same} of ${twice.length} ${noun}`]);
	}
	for (const which of ['longer', 'shorter']) {
		const some = comparisons.filter(({ answer_a, answer_b, length_a, length_b }) => {
			// of an answer whose text was removed its length is taken over
			const lengthOf = (text, known) => (text === null ? known : [...spoken(text)].length);
			const [a, b] = [lengthOf(answer_a, length_a), lengthOf(answer_b, length_b)];
			return which === 'longer' ? a > b : a < b;
		});
		const scores = some.map(({ votes }) => mean(votes.slice(0, plan.votes).map((vote) => worth[meant(vote)])));
		const size = which === 'longer' ? ` points (${some.length} prompts)` : ` (${some.length})`;
		words.push(['length', points(scores.length === 0 ? 0 : mean(scores)) + size]);
	}
	const shared = comparisons.map(({ votes }) => votes.map(meant)).filter(({ length }) => length > 1);
	if (shared.length >= fewestShared) {
		const { raw, ac, alpha } = agreementOf(shared, Object.keys(worth), false);
		words.push(
			['agreement', `${Math.round(100 * raw)} % of ${shared.length} shared pairs`],
			['agreement', `AC1 ${decimal(ac)}`]
		);
		if (alpha !== null) words.push(['agreement', `α ${decimal(alpha)}`]);
	}
	const broken = ['complete_a', 'complete_b'].map((side) => comparisons.filter((pair) => !pair[side]).length);
	if (broken[0] + broken[1] > 0)
		words.push([
			'complete',
			`${broken[0]} of ${comparisons.length} answers of ${contenders.a}, ${broken[1]} of ${contenders.b}`
		]);
	const named = comparisons.filter(({ names_a_model }) => names_a_model !== null).length;
	if (named > 0) words.push(['names', `${named} pair`]);
	return words;
};

/** Of position every sentence that is there must be true: it tells only of those it tested. */
const placesIn = ({ checks, comparisons }) => {
	const { sentence = '' } = checks?.find(({ name }) => name === 'position') ?? {};
	return [...sentence.matchAll(/([^,.]+?) chose the first answer (\d+) of (\d+) times/g)].map(([, told, first, of]) => {
		const voter = told.replace(/^ *(and )?/, '');
		const own = comparisons
			.flatMap(({ votes }) => votes)
			.filter((vote) => vote.voter === voter && /^(first|second)$/.test(vote.choice));
		return [`position of ${voter}`, [own.filter(({ choice }) => choice === 'first').length, own.length], [+first, +of]];
	});
};

/** The numbers of some scores, one for each answer. */
const summaryOf = (scores, sendableFrom) => {
	const [count, sendable] = [scores.length, scores.filter((score) => score >= sendableFrom).length];
	return {
		count,
		average: count === 0 ? null : mean(scores),
		histogram: Array.from({ length: 10 }, (_, at) => scores.filter((score) => Math.trunc(score) === at + 1).length),
		sendable,
		sendableRate: count === 0 ? null : sendable / count,
		interval: count === 0 ? null : wilson(sendable, count)
	};
};

/** Each number of a scoring with what the file says. */
const scoringRows = ({ plan, answers, summary, people, agreement }) => {
	const counted = answers.filter(({ scores }) => scores.length >= plan.votes);
	const own = answers.flatMap(({ scores }) =>
		scores.map((each) => ({ ...each, others: scores.filter((one) => one !== each) }))
	);
	const rows = Object.entries(
		summaryOf(
			counted.map(({ scores }) => mean(scores.slice(0, plan.votes).map(({ score }) => score))),
			plan.sendableFrom
		)
	).map(([name, value]) => [name, value, summary[name]]);
	for (const { name, summary: told, shift } of people) {
		const given = own.filter(({ voter }) => voter === name);
		const shared = given.filter(({ others }) => others.length > 0);
		const gap = ({ score, others }) => score - mean(others.map((one) => one.score));
		rows.push([`${name} average`, mean(given.map(({ score }) => score)), told.average]);
		rows.push([`${name} shift`, shared.length === 0 ? null : mean(shared.map(gap)), shift]);
	}
	const units = answers.map(({ scores }) => scores.map(({ score }) => score)).filter(({ length }) => length > 1);
	const found =
		units.length < fewestShared
			? { overlap: units.length, raw: null, ac: null, alpha: null }
			: agreementOf(
					units,
					Array.from({ length: 10 }, (_, at) => at + 1),
					true
				);
	for (const [name, value] of Object.entries(found)) rows.push([`agreement.${name}`, value, agreement[name]]);
	return rows;
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
	const kind = kindOf({ m: m ?? 0, d, n, bothBad, complete, p, proven, bar, interval, plan, broken });
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
		kind,
		fragility: fragilityOf(sums, { kind, k, bothBad, complete, bar, plan, broken })
	};
};

/** The fewest prompts that, turned in one way, would change a SHIP IT or DON'T SHIP. */
const fragilityOf = (sums, { kind, k, bothBad, complete, bar, plan, broken }) => {
	if (kind !== 'ship-it' && kind !== 'dont-ship') return null;
	const sign = kind === 'ship-it' ? 1 : -1;
	const strongest = sums.toSorted((one, two) => sign * (two - one));
	const still = (turned, bad) => {
		const scores = turned.map((sum) => sum / k);
		const [m, n, d] = [mean(scores), scores.length, turned.filter((sum) => sum !== 0).length];
		const proven = logEvidence(scores) >= Math.log(bar.evidence);
		const p = complete ? signFlip(turned) : 1;
		// only whether it is still the same is asked, and that does not go by the interval
		const interval = [-1, 1];
		return kindOf({ m, d, n, bothBad: bad, complete, p, proven, bar, interval, plan, broken }) === kind;
	};
	for (let most = 1; most <= sums.length; most++) {
		const turned = (to) => strongest.map((sum, at) => (at < most && sign * sum > 0 ? to : sum));
		const ways = [still(turned(-sign * k), bothBad), still(turned(0), bothBad), still(turned(0), bothBad + most)];
		if (ways.includes(false)) return most;
	}
	return null;
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

const told = (rows) => rows.map(([name, value, told]) => ({ name, value, told, same: same(value, told) }));

/** Each number with what the export says, and whether they are the same. */
export const compared = (file) => {
	if (file.answers) return told(scoringRows(file));
	const { counts, scores, ...mine } = recompute(file);
	const leaked =
		file.verdict.kind === 'blocked' && file.checks.some(({ name, state }) => name === 'leak' && state === 'block');
	const rows = [
		...Object.entries(counts).map(([name, value]) => [name, value, file.counts[name]]),
		...Object.entries(leaked ? { ...mine, kind: 'blocked', fragility: null } : mine).map(([name, value]) => [
			name,
			value,
			file.verdict[name]
		])
	];
	for (const side of ['a', 'b'])
		for (const what of ['mean', 'count'])
			if (scores !== null || file.scores)
				rows.push([`scores.${side}.${what}`, scores?.[side][what], file.scores?.[side][what]]);
	// exports of before their checks went by what counts alone may tell of more votes
	for (const [name, words] of checkWords(file)) {
		const check = file.checks?.find((one) => one.name === name);
		if (check) rows.push([`checks.${name}`, words, check.sentence.includes(words) ? words : check.sentence]);
	}
	rows.push(...placesIn(file));
	return told(rows);
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
	const asked = file.plan.promptsFrom === 'pool' ? 'prompts of the pool' : 'validation examples';
	console.log(`asked: ${asked}`);
	for (const { name, value, told, same } of rows)
		console.log(
			`${same ? 'same  ' : 'DIFFER'} ${name}: ${JSON.stringify(value)}${same ? '' : `, the export says ${JSON.stringify(told)}`}`
		);
	process.exit(rows.every(({ same }) => same) ? 0 : 1);
}
