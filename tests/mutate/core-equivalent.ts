// Long because it is one list, of every folder of core.
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
		mutant: /^text\/tokens\.ts: .*false \? short\[/,
		because: 'only saves working out what a short run costs'
	},
	{
		mutant: /^examples\/control-tokens\.ts: .*true \? /,
		because: 'only saves the pattern, which finds nothing where the signs are missing'
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
		mutant:
			/^examples\/formats\/full\.ts: const format = (true|typeof row === 'object' (\|\| row !== null|&& true)|true && row !== null) \? formatOf\(row\) : null;$/,
		because: 'null throws, which says the same, and a text or number has none of the fields; the types want it said'
	},
	{
		mutant: 'examples/formats/full.ts: if (false) return { others: {} };',
		because: 'only saves an exception: no format has no fields'
	},
	{
		mutant: 'examples/formats/training.ts: if (false) return null;',
		was: `if (!source?.includes('"weight"')) return null;`,
		because: 'only saves the reading of a line that has no weight'
	},
	{
		mutant: "examples/near.ts: .replace(/\\p{Cf}/gu, '')",
		because: 'each alone or all that follow one another go'
	},
	{
		mutant:
			/^splits\/deal\.ts: for \(let (at|index) = 0(, last = -1)?; \1 <= ((groups|families|ordered|sorted)\.length|freeCount); /,
		because: 'behind the last one there is nothing: it has no side, no group and no place'
	},
	{
		mutant: 'splits/deal.ts: for (let at = 0; at < groups.length; at++) if (groups[at]! >= most) most = groups[at]!;',
		because: 'of two that are as large either is the largest'
	},
	{
		mutant:
			/^splits\/deal\.ts: if \((true|index - alike >= 1|index \+ alike > 1)\) ordered\.subarray\(alike, index\)\.sort\(compare\);$/,
		because: 'only saves time: what is in its order stays in it'
	},
	{
		mutant: /^splits\/deal\.ts: (if \((false|most === last)\) \{|if \(most !== last\) \{\}|\[alike, last\] = \[\];)$/,
		because: 'only saves time: whatever was not sorted before is sorted with the last ones'
	},
	{
		mutant: 'examples/near.ts: const [few, many] = one.size < two.size ? [one, two] : [two, one];',
		because: 'of two that are as large either is the smaller one'
	},
	{
		mutant: 'examples/near.ts: #pieces: Piece[] = ["Stryker was here"];',
		because: 'a first text that no key leads to is never met'
	},
	{
		mutant: 'examples/near.ts: if (true) rolled = (rolled - Math.imul(text.charCodeAt(at - letters), gone)) | 0;',
		because: 'before its beginning a text has no sign, and times anything that is nothing'
	},
	{
		mutant: 'examples/near.ts: if (true) {',
		was: 'if (!grams) {',
		because: 'only saves work: its pieces are the same each time'
	},
	{
		mutant: 'examples/near.ts: const open: number[] = ["Stryker was here"];',
		because: 'it is no key that any text has'
	},
	{
		mutant: /^examples\/near\.ts: for \(const value of keys\) if \(.*\) <= key\.texts\) open\.push\(value\);$/,
		because: 'only saves work: where so many are noted no more is'
	},
	{
		mutant: /^examples\/near-places\.ts: .*at - piece/,
		because: 'the piece stands first: there are none to go on by, or back'
	},
	{
		mutant: 'examples/near-places.ts: if (false) return 0;',
		because: 'of no texts none is met'
	},
	{
		mutant:
			/^examples\/near-places\.ts: if \((3 \* \+\+this\.#used \* width >= 2 \* this\.#slots\.length|this\.#end >= this\.#lists\.length)\)/,
		because: 'room is made for one more a moment earlier'
	},
	{
		mutant: 'examples/near-places.ts: for (let at = 0; at <= old.length; at += width)',
		because: 'behind the last one there is nothing to be moved'
	},
	{
		mutant: /^examples\/import\/gathered\.ts: else if \((true|bytes\.length >= 0)\) \{$/,
		because: 'nothing is added by nothing'
	},
	{
		mutant: 'examples/import/lines.ts: if (true) {',
		was: 'if (doubtful) {',
		because: 'only saves the look at each byte: without that sign they are right'
	},
	{
		mutant: /^examples\/import\/lines\.ts: if \(last >= 0 && (true|waiting\.length\(\) >= 0)\) \{$/,
		because: 'only saves taking the first line apart from the others, where none of it waits'
	},
	{
		mutant: 'examples/import/lines.ts: for (let at = 0; at <= bytes.length; at++) {',
		because: 'what stands behind the last byte is no byte'
	},
	{
		mutant: 'examples/import/lines.ts: if (true) yield encoder.encode(half);',
		because: 'no bytes make no line'
	},
	{
		mutant: 'examples/import/reading.ts: for (let at = 0; at <= bytes.length; at += sliceBytes) {',
		because: 'no bytes make no line'
	},
	{
		mutant: 'examples/import/reading.ts: if (false) yield* passing(splitter.pass(slice));',
		because: 'only saves taking apart what is not read: it is counted all the same'
	},
	{
		mutant: 'examples/tools.ts: } catch {}',
		because: 'it ends in undefined either way'
	},
	{
		mutant: /^examples\/conversation\.ts: weight == null \|\| \(true && Number\.isFinite\(weight\)/,
		because: 'what is no number is not finite; the types want it said'
	},
	{
		mutant: 'examples/near.ts: #met: number[] = ["Stryker was here"];',
		because: 'what is no number of a text has no keys in common with any'
	},
	{
		mutant: /^examples\/near\.ts: for \(const piece of this\.#piecesOf\(sayings, \+1\)\) yield\* this\.#looking/,
		because: 'the number of a prompt that is not added is never read'
	},
	{
		mutant: 'examples/near.ts: ...around.map((text) => ({ text, prompt, isTurn: true, isAround: true }))',
		because: 'a system prompt is the longer one of two, or it is passed over'
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
		mutant:
			/^examples\/trainable\.ts: (const isPlain = .* => \{\};|const first = false \? 1 : 0;|if \(true\) return false;|if \(false\) return \[\];|return false;)$/,
		because: 'only loses the shortcut for what is plain text: the rules, asked one by one, find nothing either'
	},
	{
		mutant:
			"examples/trainable.ts: return messages.length > first && (messages.length - first) * 2 === 0 && !controlTokenIn(rewrite ?? '');",
		because: 'then no example is plain, and only the shortcut is lost'
	},
	{
		mutant: /^examples\/trainable\.ts: .*\((at|messages\.length) \+ first\) % 2 === 0/,
		because: 'a sum is even where the difference is'
	},
	{
		mutant: 'examples/trainable.ts: const found = flawsOf({ messages: trainedTurns(example), ...(true && offered) });',
		because: 'of a sentence only its letters would stand beside the turns; the types want it said'
	},
	{
		mutant:
			/^examples\/fingerprint\.ts: (const isBlank = Number\(true\);|isSpaced \|= \(isBlank & wasBlank\) \| Number\((true|byte (<=|>=) 0x0e)\);|for \(let at = 0; at <= written; at\+\+\) \{|if \(true\) return normaliseUnicode\(text\);|return \(true \? folded.*)$/,
		because: 'only saves work: white space is looked for, or the Unicode tables asked, where ASCII has nothing for them'
	},
	{
		mutant:
			/^examples\/fingerprint\.ts: return \(\/(\[\\S \]\| \{2\}|\[\^\\s \]\| \{2\}|\[\^\\S \]\| )\/\.test\(folded\)/,
		because: 'only saves work: white space is looked for where it is single blanks, or where all is trimmed'
	},
	{
		mutant: 'examples/fingerprint.ts: for (let index = 0; index <= end; index++) {',
		was: 'for (let index = 0; index < end; index++) {',
		because: 'the answer is no system prompt'
	},
	{
		mutant: 'examples/import/torn.ts: } catch {}',
		because: 'undefined is not whole either'
	},
	{
		mutant: 'examples/import/torn.ts: const to = next <= 0 ? raw.length : next;',
		because: 'it is looked for behind the first place'
	},
	{
		mutant: 'examples/import/document.ts: for (let at = 0; at <= text.length; at++) {',
		because: 'behind its end a text has no sign'
	},
	{
		mutant: 'examples/import/document.ts: if (end <= 0) return isEnough ? false : undefined;',
		because: 'white space before it has gone, so the text does not begin with a line end'
	},
	{
		mutant: 'examples/import/document.ts: return /^\\{.*\\}\\s*$/.test(second) || (true && second.startsWith(field));',
		because: 'a text that begins with the word undefined is no example, and no document either; the types want it said'
	},
	{
		mutant: 'examples/import/utf8.ts: if (false) return true;',
		because: 'only saves the look at each byte: without that sign they are right'
	},
	{
		mutant:
			/^examples\/import\/field-twice\.ts: (for .* if \((true|\+\+count (>=|<=) most)\) return true;|for \(const key in row\) if \(true\) return doubleKey\(text\);|return true;|for .* at - name\.length\)\) if \(\+\+count > most\) return true;|if \(true\) return doubleKey\(text\);|if \((true|most >= 0) && isMoreThan\(.*|if \(most > 0 \|\| isMoreThan\(.*)$/,
		because: 'only saves the look at each sign, which finds nothing where no name stands too often'
	},
	{
		mutant:
			'examples/import/field-twice.ts: for (let at = text.indexOf(name); at > 0; at = text.indexOf(name, at + name.length)) if (++count > most) return true;',
		because: 'before a name stands a bracket'
	},
	{
		mutant: 'examples/import/elements.ts: let [isTurns, isDeep, inString, isEscaped] = [];',
		because: 'undefined is as false'
	},
	{
		mutant:
			'examples/import/elements.ts: if (name !== null && byte !== quote) name = name + String.fromCharCode(byte);',
		because: 'only keeps more of a name that is longer than all that are looked for'
	},
	{
		mutant:
			'examples/import/elements.ts: if (true) alike = begunLike(decoded(bytes.subarray(0, enoughOfIt)), start) ?? alike;',
		because: 'only saves the decoding of what begins without a bracket, which tells nothing'
	},
	{
		mutant:
			/^examples\/import\/elements\.ts: (return true && lastAlike\(bytes, alike\) > 0;|return alike !== null (\|\| bytes\.length > alike\.length|&& bytes\.length >= alike\.length|&& true) && lastAlike\(bytes, alike\) > 0;|return alike !== null && bytes\.length > alike\.length (&& true|&& lastAlike\(bytes, alike\) >= 0|\|\| lastAlike\(bytes, alike\) > 0);)$/,
		because: 'only saves the closer look at what passes by, which counts one where nothing was swallowed'
	},
	{
		mutant: 'examples/import/elements.ts: if (false) {',
		was: 'if (isPassing && !isTurns && !holdsOthers(bytes)) {',
		because: 'only saves the closer look at what passes by, which counts as many'
	},
	{
		mutant: 'examples/import/elements.ts: if (isPassing && !isTurns && !holdsOthers(bytes)) {}',
		because: 'only saves the closer look at what passes by, which counts as many'
	},
	{
		mutant: 'examples/import/elements.ts: const passed = {};',
		because: 'of what passes by nobody asks the line'
	},
	{
		mutant: 'examples/import/elements.ts: isPassing = false;',
		because: 'only saves the closer look at what passes by'
	},
	{
		mutant: /^examples\/import\/elements\.ts: for \(let at = scan\((rest|bytes), 0\); at > 0;/,
		because: 'it goes on behind what is complete, never at the first place'
	},
	{
		mutant: 'examples/import/elements.ts: if (alike && lastAlike(bytes, alike) >= 0) yield* released(bytes, alike);',
		because: 'what stands first is not counted'
	},
	{
		mutant:
			/^examples\/import\/elements\.ts: if \((true|from >= 0) && !kept\.isTooLong\(\) && kept\.length\(\) \+ bytes\.length > most\) yield\* relieved\(\);$/,
		because: 'where none has begun nothing is kept, and nothing is given up'
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
			/^evaluations\/naming-words\.ts: (const isPlainText = \(\) => undefined;|if \(false\) return \{ text: text\.toLowerCase\(\))/,
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
