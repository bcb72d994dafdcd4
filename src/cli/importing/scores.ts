import { figure } from '../../lib/core/text/figure.ts';
import type { importFile } from '../commands/import.ts';
import type { Deed } from '../deed.ts';
import { type Example, editedLine, readExample } from '../files/examples.ts';
import { rewriteLines } from '../files/lines.ts';
import { type Project, examplesFile } from '../files/project.ts';
import { askOn } from '../terminal/ask.ts';
import type { Known } from './known.ts';

/** By the line of the example: the newest score that the file has for it. */
type Scores = Map<number, number>;
/** Scores of examples that are there already: of those that have none here, and of those that have another one. */
type Offered = { missing: Scores; other: Scores };

export const noScores = (): Offered => ({ missing: new Map(), other: new Map() });

/** Takes down what the file says of a known example. */
export const offerScore = (
	{ missing, other }: Offered,
	{ lines, scores }: Known,
	at: number,
	rating: number | null
) => {
	const line = lines[at];
	if (line === undefined || rating === null) return; // it came with this very file, or says nothing
	const offered = scores[at] === 0 ? missing : other;
	if (scores[at] === rating) offered.delete(line);
	else offered.set(line, rating);
};

type Given = Parameters<Deed<typeof importFile>>[0];

/** As the flag says, or the person on the terminal; without either none, and it is told how. */
const chosen = async ({ io, say, flags, args: [name] }: Given, { missing, other }: Offered): Promise<Scores> => {
	const parts = [
		...(missing.size > 0 ? [`${figure(missing.size)} for examples without one`] : []),
		...(other.size > 0 ? [`${figure(other.size)} that ${other.size === 1 ? 'is' : 'are'} another than here`] : [])
	];
	const told = `The file has scores of what is here: ${parts.join(', ')}.`;
	let which: string | undefined = flags.scores;
	if (which === undefined && !flags['dry-run'] && io.stdin.isTTY) {
		const asked = askOn(io, say);
		try {
			which = await asked.text(`${told} Take new, all or none?`, 'none');
		} finally {
			asked.close();
		}
	} else if (which === undefined) say.text(`${told} ait import ${name} --scores new (or all) takes them.`);
	if (which === 'all') return new Map([...missing, ...other]);
	return which === 'new' ? missing : new Map();
};

/** Writes those that are taken into their lines, and says how many. Nothing is written over that nobody has said. */
export const takeScores = async (given: Given, project: Project, offered: Offered): Promise<number> => {
	const { say, flags } = given;
	if (offered.missing.size + offered.other.size === 0) return 0;
	const taken = await chosen(given, offered);
	if (taken.size === 0 || flags['dry-run']) return 0;
	rewriteLines(
		examplesFile(project),
		(bytes, line) => editedLine(readExample(bytes, line) as Example, { rating: taken.get(line)! }),
		{ only: taken }
	);
	say.line(`Took ${taken.size === 1 ? 'one score' : `${figure(taken.size)} scores`}.`);
	return taken.size;
};
