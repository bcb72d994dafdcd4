import { Unavailable } from '../../../core/errors.ts';

type Raised = { code?: string };

/** By drizzle, what the database said is the cause of what is thrown. */
export const codeOf = (problem: unknown) => (problem as Raised)?.code ?? (problem as { cause?: Raised })?.cause?.code;

const sentences: Record<string, string> = {
	'55P03': 'Somebody else is changing the same thing right now, and nothing was saved. Try again in a moment.',
	'57014': 'This took longer than it may, and nothing was saved. Try again in a moment.',
	'25P03': 'This stood still for too long, and nothing was saved. Try again in a moment.'
};

/** What ended because it waited or took longer than its kind of work may (timeouts.ts), as *Unavailable*; anything else as it is. */
export const notNow = (problem: unknown): unknown => {
	const sentence = sentences[codeOf(problem) ?? ''];
	return sentence ? new Unavailable(sentence, { cause: problem }) : problem;
};
