// What a command is, in words: parsing, help, completion and the page of the docs are made from it. Pure, so that a page may read it.

type Words = { words: string; short?: string };
/** `--json`. */
type Switch = Words & { kind: 'switch' };
/** `--seed 7`. `value` names it in the help. */
type NumberFlag = Words & {
	kind: 'number';
	value: string;
	default?: number;
	min?: number;
	max?: number;
	/** Neither end itself is allowed. */
	isOpen?: true;
	isWhole?: true;
};
type TextFlag = Words & { kind: 'text'; value: string };
type ChoiceFlag<C extends string = string> = Words & { kind: 'choice'; of: readonly C[]; default?: C };
export type Flag = Switch | NumberFlag | TextFlag | ChoiceFlag;

export type Argument = { name: string; words: string; isNeeded?: true; isMany?: true };

export type Example = {
	/** What is typed, beginning with `ait`; a test runs it. */
	run: string;
	says: string;
};

export type Command<F extends Record<string, Flag> = Record<string, Flag>> = {
	name: string;
	/** Under which heading it is listed. */
	group: Group;
	/** One line, beginning with a verb. */
	summary: string;
	/** What one has to know besides, a paragraph each. */
	more?: readonly string[];
	args?: readonly Argument[];
	/** A flag that is not known here is a field for somebody else, and arrives as the argument `name=value`. */
	takesFields?: true;
	/** What is left to say with --quiet, where that is less than the answer: a name for the next command, or nothing. */
	quietly?: string;
	flags: F;
	examples: readonly Example[];
};

export const groups = ['Examples', 'Training', 'Judging', 'Hosted', 'Set-up'] as const;
export type Group = (typeof groups)[number];

/** Every command has these. */
export const everywhere = {
	json: { kind: 'switch', words: 'Answer in JSON, with fields that stay as they are' },
	quiet: { kind: 'switch', short: 'q', words: 'Print the answer alone, and what goes wrong' },
	help: { kind: 'switch', short: 'h', words: 'Show this help' }
} as const satisfies Record<string, Flag>;

type Value<F extends Flag> = F extends Switch
	? boolean
	: F extends NumberFlag
		? F extends { default: number }
			? number
			: number | undefined
		: F extends ChoiceFlag<infer C>
			? F extends { default: string }
				? C
				: C | undefined
			: string | undefined;

/** What the person typed, read by the command's own words. */
export type Input<C extends Command> = {
	args: string[];
	flags: { [Name in keyof C['flags']]: Value<C['flags'][Name]> } & { json: boolean; quiet: boolean; help: boolean };
};

export const command = <const F extends Record<string, Flag>>(words: Command<F>): Command<F> => words;
