import { createInterface } from 'node:readline/promises';
import { Failure } from '../exit-codes.ts';
import type { Io } from './io.ts';
import { folded } from './plain.ts';
import type { Say } from './say.ts';

/** Questions to the person, one line each, on stderr: the answer of the command stays alone on stdout. */
export type Asked = {
	text(question: string, given?: string): Promise<string>;
	close(): void;
};

/** Throws a *usage* failure without a terminal: whoever is not there cannot be asked. */
export const mustBeAsked = ({ stdin }: Pick<Io, 'stdin'>, mend: string): void => {
	if (!stdin.isTTY) throw new Failure('There is no terminal to ask on.', mend, 'usage');
};

export const askOn = (io: Io, say: Say): Asked => {
	const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
	const waiting: string[] = [];
	let wake: (() => void) | undefined;
	let isOver = false;
	lines.on('line', (line) => {
		waiting.push(line);
		wake?.();
	});
	lines.on('close', () => {
		isOver = true;
		wake?.();
	});
	return {
		async text(question, given) {
			const said = given ? `${question} (${given})` : question;
			io.stderr.write(`${folded(say.plain(said), say.columns - 1).join('\n')} `);
			while (waiting.length === 0 && !isOver) await new Promise<void>((go) => (wake = go));
			const line = waiting.shift();
			if (line === undefined) throw new Failure('Nothing was answered, so nothing is done.');
			return line.trim() === '' ? (given ?? '') : line.trim();
		},
		close: () => lines.close()
	};
};

/**
 * Asks for a yes before something that costs, deletes or cannot be taken back. `--yes` has said it; without a terminal
 * and without it, it is refused.
 */
export const agreed = async (io: Io, say: Say, question: string, { yes, mend }: { yes: boolean; mend: string }) => {
	if (yes) return true;
	mustBeAsked(io, mend);
	const asked = askOn(io, say);
	try {
		return /^y(es)?$/i.test(await asked.text(`${question} [y/N]`));
	} finally {
		asked.close();
	}
};
