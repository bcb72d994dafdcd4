import { expect, test } from 'vitest';
import { withAdvice } from '../../../src/lib/core/runs/failure.ts';

test.each([
	['The model did not pass the safety evaluation', /evaluation\. The training is done.*another provider\.$/],
	['Line 3 has the control token <|im_end|>.', /^Line 3 .*The checklist names them/],
	['The machine ran out of memory.', /smaller batch size/]
])('%s', (reason, expected) => {
	expect(withAdvice(reason)).toMatch(expected);
});

test('a reason that nobody has foreseen stays as it is', () => {
	expect(withAdvice('A tree fell on it')).toBe('A tree fell on it');
});
