import * as v from 'valibot';
import { expect, test } from 'vitest';
import { NewInvitation, NewRole } from '../../../src/lib/core/team/roles.ts';

const id = '01902f6e-7b1a-7c3e-9f00-000000000001';

test('an invitation is an address and a role; without projects it is for all of them', () => {
	expect(v.parse(NewInvitation, { email: ' Ana@Example.com ', role: 'rater' })).toEqual({
		email: 'ana@example.com',
		role: 'rater',
		projectIds: null
	});
	for (const projectIds of ['', 'all', [], ['all']]) {
		expect(v.parse(NewRole, { role: 'owner', projectIds })).toEqual({ role: 'owner', projectIds: null });
	}
});

test('projects come as a list, or as one text from a form', () => {
	for (const projectIds of [[id], id, `${id}, ${id}`]) {
		expect(v.parse(NewRole, { role: 'rater', projectIds })).toEqual({ role: 'rater', projectIds: [id] });
	}
});

test('anything else is refused with a sentence', () => {
	for (const input of [
		{ email: 'ana', role: 'rater' },
		{ email: 'ana@example.com', role: 'admin' },
		{ email: 'ana@example.com', role: 'rater', projectIds: 'x' },
		{ role: 'rater' }
	]) {
		expect(v.safeParse(NewInvitation, input).success).toBe(false);
	}
});
