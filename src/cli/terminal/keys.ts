import { StringDecoder } from 'node:string_decoder';
import type { Io } from './io.ts';

const names: Record<string, string> = {
	'\r': 'enter',
	'\n': 'enter',
	'\u001b': 'escape',
	'\u001b[A': 'up',
	'\u001b[B': 'down',
	'\u001b[C': 'right',
	'\u001b[D': 'left',
	'\u0003': 'ctrl-c',
	'\u0004': 'ctrl-d',
	'\u007f': 'backspace',
	'\b': 'backspace'
};

export type Keys = {
	/** The next key: a character, or a name as `enter`. Null when there is no more. */
	next(): Promise<string | null>;
	/** Gives the terminal to another program, and takes it back. */
	pause(): void;
	resume(): void;
	close(): void;
};

/** One arrow is three bytes, and several keys may come at once. */
const keysIn = (piece: string): string[] =>
	(piece.match(/\u001b\[[A-D]|[\s\S]/gu) ?? []).map((sign) => names[sign] ?? sign);

/** The keys of a terminal, each as it is pressed. `close` gives the terminal back as it was. */
export const readKeys = ({ stdin }: Pick<Io, 'stdin'>): Keys => {
	const waiting: string[] = [];
	let wake: (() => void) | undefined;
	let isOver = (stdin as { readableEnded?: boolean }).readableEnded === true;
	const decoder = new StringDecoder('utf8'); // a paste may be cut within a letter
	const take = (piece: Buffer | string) => {
		waiting.push(...keysIn(typeof piece === 'string' ? piece : decoder.write(piece)));
		wake?.();
	};
	const end = () => {
		isOver = true;
		wake?.();
	};
	const resume = () => {
		stdin.setRawMode?.(true);
		stdin.on('data', take);
		stdin.resume();
	};
	const pause = () => {
		stdin.off('data', take);
		stdin.pause();
		stdin.setRawMode?.(false);
	};
	stdin.once('end', end);
	resume();
	return {
		async next() {
			while (waiting.length === 0 && !isOver) await new Promise<void>((go) => (wake = go));
			return waiting.shift() ?? null;
		},
		pause,
		resume,
		close() {
			pause();
			stdin.off('end', end);
		}
	};
};
