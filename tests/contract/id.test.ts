import * as v from 'valibot';
import { expect, test } from 'vitest';
import { Id } from '../../src/lib/contract/fields.ts';

test('an id is a uuid; anything else gets a sentence that names the thing', () => {
	const id = '0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a';
	expect(v.parse(Id('The run'), id)).toBe(id);
	expect(v.safeParse(Id('The run'), 'v3').issues?.[0].message).toBe('The run is not one of ours');
	expect(v.safeParse(Id('The run'), undefined).issues?.[0].message).toBe('The run is missing');
});
