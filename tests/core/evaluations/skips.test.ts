import { expect, test } from 'vitest';
import { isOut } from '../../../src/lib/core/evaluations/skips.ts';

test.each([
	['one person, who skipped it', ['ana'], [], ['ana'], 1, true],
	['somebody is left', ['ana', 'bob'], [], ['ana'], 1, false],
	['all have skipped it', ['ana', 'bob'], [], ['ana', 'bob'], 1, true],
	['it has its vote', ['ana', 'bob'], ['bob'], ['ana'], 1, false],
	['of two votes one, and nobody is left', ['ana', 'bob'], ['ana'], ['bob'], 2, true],
	['of two votes none, and one is left', ['ana', 'bob'], [], ['bob'], 2, true],
	['of two votes one, and a third is left', ['ana', 'bob', 'cem'], ['ana'], ['bob'], 2, false],
	['nobody skipped it, and the second has left', ['ana'], ['ana'], [], 2, false],
	['too few remain, and skips are not why', ['ana'], [], ['ana'], 3, false],
	['who voted and left still counts', ['bob'], ['ana'], ['bob'], 2, true],
	['who skipped it has left, and another is there', ['ana'], [], ['bob'], 1, false]
] as const)('%s', (_, people, voted, skipped, votes, out) =>
	expect(isOut({ voted, skipped }, people, votes)).toBe(out)
);
