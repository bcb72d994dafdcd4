import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ChangeRole, InviteMember } from '../../src/lib/contract/team.ts';
import { normalEmail } from '../../src/lib/core/account/email.ts';
import { fromForm } from '../support/data/form.ts';

const id = '01902f6e-7b1a-7c3e-9f00-000000000001';
const personId = '01902f6e-7b1a-7c3e-9f00-000000000002';
const [NewInvitation, NewRole] = [InviteMember.input, ChangeRole.input];

test('an invitation is an address and a role; without projects it is for all of them', () => {
	const { email, ...place } = v.parse(NewInvitation, { email: ' Ana@Example.com ', role: 'rater' });
	expect({ email: normalEmail(email), ...place }).toEqual({
		email: 'ana@example.com',
		role: 'rater',
		projectIds: null
	});
	const everything = { personId, role: 'owner', projectIds: null };
	for (const sent of [everything, { personId, role: 'owner' }, fromForm(NewRole, { ...everything, projectIds: '' })])
		expect(v.parse(NewRole, sent)).toEqual(everything);
});

test('projects come as a list, or as one text from a form', () => {
	const rater = { personId, role: 'rater' };
	for (const sent of [{ ...rater, projectIds: [id] }, fromForm(NewRole, { ...rater, projectIds: id })])
		expect(v.parse(NewRole, sent)).toEqual({ ...rater, projectIds: [id] });
	expect(v.parse(NewRole, fromForm(NewRole, { ...rater, projectIds: `${id}, ${personId}` })).projectIds).toEqual([
		id,
		personId
	]);
});

test('anything else is refused with a sentence', () => {
	for (const input of [
		{ email: 'ana', role: 'rater' },
		{ email: 'ana@example.com', role: 'admin' },
		{ email: 'ana@example.com', role: 'rater', projectIds: 'x' },
		// what the form sends for none of the projects
		fromForm(NewInvitation, { email: 'ana@example.com', role: 'rater', projectIds: '-' }),
		{ role: 'rater' }
	]) {
		expect(v.safeParse(NewInvitation, input).success).toBe(false);
	}
});
