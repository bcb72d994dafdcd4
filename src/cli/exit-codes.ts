/** What a program that calls `ait` can go by. They stay as they are. */
export const exitCodes = {
	ok: { code: 0, means: 'It is done.' },
	failed: { code: 1, means: 'It did not work, or a part of it did not: the sentence says what, and what mends it.' },
	usage: { code: 2, means: 'The command is not written as it should be. Nothing was read or changed.' },
	blocked: { code: 3, means: 'The checklist before a training found something that blocks. Nothing was sent.' },
	provider: { code: 4, means: 'The provider refused, or could not be reached.' },
	verdict: { code: 5, means: 'With --exit-code: the verdict is not SHIP IT.' }
} as const;

export type Ending = keyof typeof exitCodes;

/** Something the person can act on: what happened, and the command that mends it. */
export class Failure extends Error {
	readonly ending: Ending;
	/** A command or a deed, to be read after "Try:". */
	readonly mend: string | undefined;

	constructor(message: string, mend?: string, ending: Ending = 'failed') {
		super(message);
		this.name = 'Failure';
		this.ending = ending;
		this.mend = mend;
	}
}
