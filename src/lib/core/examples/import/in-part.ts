import { Unavailable } from '../../errors.ts';

/** What ended an import that was partly in by then: a transaction knows of itself alone, and says that nothing was saved. */
export const inPart = (problem: unknown): unknown =>
	problem instanceof Unavailable
		? new Unavailable(
				'The import was interrupted, so only a part of the file is in. Import it again in a moment, and the rest is added.',
				{ cause: problem.cause }
			)
		: problem;
