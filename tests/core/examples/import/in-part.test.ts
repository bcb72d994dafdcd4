import { expect, test } from 'vitest';
import { Unavailable } from '../../../../src/lib/core/errors.ts';
import { inPart } from '../../../../src/lib/core/examples/import/in-part.ts';

test('what a database that went away has ended says that a part is in, and keeps its cause', () => {
	const problem = new Unavailable('Nothing was saved.', { cause: 'the plug' });
	const ended = inPart(problem) as Unavailable;
	expect(ended).toBeInstanceOf(Unavailable);
	expect(ended.message).not.toBe(problem.message);
	expect(ended.cause).toBe('the plug');
});

test('anything else stays what it is', () => {
	const problem = new Error('no');
	expect(inPart(problem)).toBe(problem);
	expect(inPart(undefined)).toBeUndefined();
});
