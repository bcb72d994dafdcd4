import { expect, test } from 'vitest';
import { scriptSentence } from '../../../src/lib/core/evaluations/script-votes.ts';

const names = { a: 'v2', b: 'base' };

test('what scripts said is told in one line that says what it is worth', () => {
	expect(scriptSentence({ pairs: 20, wins: 12, losses: 5, ties: 2, bothBad: 1 }, names)).toBe(
		'Scripts voted on 20 pairs: 12 for v2, 5 for base, 2 ties, 1 both bad. They do not count in the verdict.'
	);
	expect(scriptSentence({ pairs: 1, wins: 0, losses: 0, ties: 1, bothBad: 0 }, names)).toBe(
		'Scripts voted on 1 pair: 1 tie. They do not count in the verdict.'
	);
});

test('scripts that gave no tie are told without one', () => {
	const said = scriptSentence({ pairs: 2, wins: 2, losses: 0, ties: 0, bothBad: 0 }, { a: 'v3', b: 'base' });
	expect(said).toMatch(/2 pairs: 2 for v3\. /);
});
