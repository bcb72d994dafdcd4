/**
 * Mutants of core that change nothing anybody could see, each with its reason. One that no living mutant answers to any more
 * fails the run: the reason has gone with it. A pattern stands for several that have the same reason. Where too little is left
 * of a line for it to be told from others, `was` is the line, or the block, as it stands in the source.
 */
export const equivalentInCore: { mutant: string | RegExp; was?: string; because: string }[] = [
	{
		mutant: 'project/next-step.ts: ;',
		was: "throw new Error('The last rule always has something to say');",
		because: 'the line is for the types: the last rule of either list always answers'
	},
	{
		mutant: 'runs/status.ts: true && rank[report.status] > rank[run.status] ? report.status : run.status;',
		because: 'a word that is not recognised has no rank, and nothing is greater than that; the types want it said'
	},
	{
		mutant:
			/^splits\/plan\.ts: if \((false|!\[\.\.\.need\.values\(\)\]\.some\(\(seats\) => (true|seats >= 0)\))\) return;$/,
		was: 'if (![...need.values()].some((seats) => seats > 0)) return;',
		because: 'only ends the search early: where no seat is left, no family fits'
	},
	{
		mutant: /^splits\/plan\.ts: true && example\.rating >= threshold \?/,
		because: 'a missing rating is below every threshold, the least of which is 1; the types want it said'
	},
	{
		mutant: /^text\/json\.ts: if \((false|text\.length < maxMarks)\) return null;$/,
		was: 'if (text.length <= maxMarks) return null;',
		because: 'only saves the count: a text cannot hold more marks than characters'
	},
	{
		mutant:
			/^text\/json\.ts: for \(let at = 0; (at <= text\.length && marks <= maxMarks|at < text\.length && true); at\+\+\) \{$/,
		because: 'behind its end a text has no sign, and what is too much already may be counted to its end'
	},
	{
		mutant: /^text\/json\.ts: for \(let at = text\.indexOf\('"', start \+ 1\); at > 0;/,
		because: 'it is looked for behind the first place'
	},
	{
		mutant: 'text/tokens.ts: if (true) {',
		was: 'if (next !== kind) {',
		because: 'only saves questions that change nothing between two characters of one kind'
	},
	{
		mutant: 'text/tokens.ts: for (let code = 0; code <= 128; code++) kindOf[code] = number[asciiKind(code)];',
		because: 'the first code after ASCII is a mark either way'
	},
	{
		mutant: 'math/binomial.ts: for (; y <= 12; y++) shift += Math.log(y);',
		because: 'where the series begins does not show within its 13 digits'
	},
	{
		mutant: 'math/binomial.ts: if (atLeast <= n * p) return 1 - upperTail(n, n - atLeast + 1, 1 - p);',
		because: 'in the middle both sides have terms that fall from the first on'
	},
	{
		mutant: 'evaluations/power.ts: if (decisive <= 1 || !rules[rule](decisive, 0, attempt)) return null;',
		because: 'one vote is enough for no rule'
	},
	{
		mutant: 'examples/formats/sharegpt.ts: } catch {}',
		was: '} catch { return null; // not JSON, not an object, or too much of it to read or to write }',
		because: 'undefined is no call either'
	},
	{
		mutant: 'examples/formats/training.ts: } catch {}',
		was: '} catch { return null; }',
		because: 'undefined has no tools either'
	},
	{
		mutant: 'examples/formats/full.ts: const row = false ? null : JSON.parse(source);',
		because: 'only saves an exception: what is not there is no JSON either'
	},
	{
		mutant: 'examples/formats/training.ts: if (false) return null;',
		was: `if (!source?.includes('"tools"') && !source?.includes('"functions"')) return null;`,
		because: 'only saves the reading of a line that has no tools'
	},
	{
		mutant: 'examples/formats/sniff.ts: const format = true && row !== null ? formatOf(row as Row) : null;',
		because: 'a text or number has none of the fields by which a format is told; the types want it said'
	},
	{
		mutant: 'evaluations/ballots.ts: for (let left = count; left >= 0; left -= 4) {',
		because: 'a block of none draws nothing and adds nothing'
	},
	{
		mutant: /^evaluations\/ballots\.ts: const swapped = (false|size \* 2 === 0) \? size \/ 2/,
		because: 'a half that is whole is not rounded; only a number more is drawn'
	},
	{
		mutant: 'evaluations/ballots.ts: Array.from({ length: size }, (_, i) => i >= swapped),',
		because: 'shuffled, the other half is as good; of an odd one either is as likely'
	},
	{
		mutant:
			/^(evaluations\/ballots|splits\/plan)\.ts: .*one\.place - two\.place \|\| \(one\.(id|first) <= two\.(id|first) \?/,
		because: 'no id comes twice'
	},
	{
		mutant: 'evaluations/agreement.ts: for (let one = 0; one <= values.length; one++) {',
		because: 'behind the last value there is no second one'
	},
	{
		mutant:
			/^evaluations\/trend\.ts: if \(against !== 'base' \|\| (false \|\| interval === null|netPreference === null \|\| false)/,
		because: 'both are null together, when nothing counts; the types want both asked'
	},
	{
		mutant: 'evaluations/evidence.ts: if (false) return made;',
		because: 'only saves the making: the nodes are the same each time'
	},
	{
		mutant:
			/^evaluations\/evidence\.ts: (if \((true|false)\) return known;|const logsAtZero = \(votes: number\) => \{\};|const atZero = false \? logsAtZero\(votes\) : null;)$/,
		because: 'what is kept for a mean of 0 is what is reckoned for any other, with a mean of 0'
	},
	{
		mutant: 'evaluations/evidence.ts: ;',
		was: 'kept.set(votes, logs);',
		because: 'only saves the reckoning: the logarithms are the same each time'
	},
	{
		mutant: 'evaluations/evidence.ts: if (false) return;',
		because: 'no prompt with a score adds nothing'
	},
	{
		mutant: 'evaluations/evidence.ts: for (let at = 0; at <= logs.length; at++) logs[at]! += count * factor[at]!;',
		because: 'what is written behind the end of a Float64Array is nowhere'
	},
	{
		mutant: 'evaluations/evidence.ts: if (false) return [-1, 1];',
		because: 'of nothing there is no evidence against any mean, to either end; the types want it said'
	},
	{
		mutant:
			/^evaluations\/(assurance|checks|fragility|power|rules)\.ts: .*(signFlip\(t\.scores\)|signTest\(first, of - first\)|signTest\(wins, losses\)) <= (level|barOf\(attempt\)\.p)/,
		because: 'the chance is a whole number of halves of halves, and no twentieth'
	},
	{
		mutant: "evaluations/power.ts: if (true) known.set(key, smallestWins(decisive, 'sign', attempt));",
		because: 'only saves the search: the number is the same each time'
	},
	{
		mutant:
			"evaluations/rules.ts: if (lead <= 0) return decisive >= minimum.toReject && (isBelow(bar.reject, t) || isProven(t)) ? 'dont-ship' : null;",
		because: 'without a lead the test says 1 and the evidence is at most 1, in either direction'
	},
	{
		mutant: /^evaluations\/rules\.ts: const mayShip = (true|lead >= 0) && /,
		because: 'without a lead the test says 1 and the evidence is at most 1: nothing is shipped'
	},
	{
		mutant: "evaluations/words.ts: return whole === 0 ? '0' : `${whole <= 0 ? '−' : '+'}${Math.abs(whole)}`;",
		because: 'none at all has been said before'
	},
	{
		mutant: "evaluations/scores.ts: if (score !== 0) return score >= 0 ? 'a' : 'b';",
		because: 'none at all is asked about behind it'
	},
	{
		mutant: "evaluations/checks.ts: a.length === b.length ? null : a.length >= b.length ? 'longer' : 'shorter';",
		because: 'those of one length have been told before'
	},
	{
		mutant:
			'evaluations/verdict-sentence.ts: const [more, name] = t.broken.a >= t.broken.b ? [t.broken.a, a] : [t.broken.b, b];',
		because: 'it is said only of sides that are not alike'
	},
	{
		mutant: /^evaluations\/verdict-sentence\.ts: const end = rest (>= 10 && rest < 14|> 10 && rest <= 14) \?/,
		because: 'the 10th and the 14th have the ending of most'
	},
	{
		mutant:
			'evaluations/verdict-sentence.ts: if (likely !== null && likely < some.more) return `With ${likely} more prompts a verdict is likely.`;',
		because: 'what gives some chance is what was looked at before, or 60 where the first, 20, is likely: never the same'
	},
	{
		mutant: 'evaluations/assurance.ts: if (share === 0 || share === 1) return Number(k === n / share);',
		because:
			'where all end without a winner no number of winners gives a verdict, be it the chance of none or of nothing'
	},
	{
		mutant: /^evaluations\/assurance\.ts: \(sum, chance, pairs\) => \((false|chance <= 1e-9) \? sum :/,
		because: 'only saves what changes the ninth digit at most'
	},
	{
		mutant: 'evaluations/assurance.ts: broken: {}',
		was: 'broken: { a: 0, b: 0 }',
		because: 'the decision alone asks for no answer that was cut off; the types want it said'
	},
	{
		mutant:
			/^evaluations\/assurance\.ts: .*(random\(\) <= winRate|random\(\) > ties|random\(\) <= liked|Math\.log\(1 - random\(\)\) <= |v >= 0 && |\(place -= weights\[at\]!\) >= 0)/,
		because: 'of what is drawn from all the numbers between 0 and 1 none is exactly the border'
	},
	{
		mutant:
			/^evaluations\/assurance\.ts: while \((true|at <= weights\.length - 1|at < weights\.length \+ 1) && \(place -= weights\[at\]!\) > 0\) at\+\+;$/,
		because: 'the last weight is what is left; only the last digit of a sum could go beyond it'
	},
	{
		mutant:
			/^evaluations\/masking\.ts: (const isPlainText = \(\) => undefined;|if \(false\) return \{ text: text\.toLowerCase\(\))/,
		because: 'only saves the folding, which changes no plain sign but its case'
	},
	{
		mutant: /^evaluations\/masking\.ts: (latins|wides|others) = \["Stryker was here"\],?$/,
		because: 'what everybody knows has names of both kinds, and no text is looked through that has a capital'
	},
	{
		mutant: /^budget\/month\.ts: .*readyAt && readyAt <= start \? start : readyAt/,
		because: 'at the very start both are the same moment'
	}
];
