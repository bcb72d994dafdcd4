/** A piece of a file put in the place of another, while the tests run; the file itself is never touched. */
export type Edit = {
	file: string;
	from: number;
	to: number;
	text: string;
	/** An expression in the place of one: both can stand in the file, and which of them counts be asked when it runs. */
	isExpression?: boolean;
};

/** A test by its file and whole name. */
export type Hint = { file: string; test: string };

/** What only that test answers to. */
export const onlyThat = ({ test }: Hint) => new RegExp(`^${RegExp.escape(test)}$`);

/** One small wrong change of what the product promises, and the tests that have to notice it. */
export type Mutant = {
	/** Kind, subject and what is different, in words that stay the same from run to run: `policies/votes_add: without …`. */
	id: string;
	/** Mutants of one subject are killed by the same tests: what killed the last one is asked first. */
	subject: string;
	/** Test files from the likeliest to the least; all of them are asked before a mutant counts as alive. */
	files: string[];
	/** Only the tests of these names, in a file that asks the same of every table or operation. */
	named?: Record<string, RegExp>;
	/** Run in the copy of the database from which the tests get theirs. */
	sql?: string;
	/** What takes `sql` back. */
	undo?: string;
	/** Makes its function fail whenever it is called, or its trigger at whatever is done to its table: a test that does not notice that need not be asked about its mutants. */
	probe?: string;
	/** Or an edit of the source. */
	edit?: Edit;
	/** What noticed it when it was asked last, and is asked first. */
	hint?: Hint;
	/** Why it changes nothing, where the rule that makes it can tell. */
	changesNothing?: string;
};

/** A family of mutants, which is also what `npm run mutate -- <name>` runs alone. */
export type Kind = { name: string; mutants: () => Promise<Mutant[]> };

/** SQL or code on one line, for ids and for the report. */
export const inOneLine = (text: string) =>
	text
		.replaceAll(/--.*$/gm, ' ')
		.replaceAll(/::(text|uuid)\b/g, '')
		.replaceAll(/ AS "?\w+"?/g, '')
		.replaceAll(/\bSELECT /g, '')
		.replaceAll(/\s+/g, ' ')
		.replaceAll(/\( /g, '(')
		.trim();
