import { expect, test } from 'vitest';
import { AppError } from '../../src/lib/core/errors.ts';
import { authorize, may, roles, type Action, type Role } from '../../src/lib/core/permissions.ts';

/** The table of core/permissions, written a second time by hand: owner, trainer, rater. */
const spec: Record<Action, string> = {
	'project:see': 'otr',
	'project:create': 'ot',
	'project:edit': 'o',
	'project:delete': 'o',
	'examples:see': 'otr',
	'examples:add': 'ot',
	'examples:delete': 'ot',
	'examples:export': 'ot',
	'prompts:see': 'ot',
	'prompts:edit': 'ot',
	'examples:rate': 'otr',
	'examples:rewrite': 'otr',
	'scores:seeOthers': 'ot',
	'splits:see': 'ot',
	'splits:edit': 'ot',
	'runs:see': 'ot',
	'runs:start': 'ot',
	'runs:cancel': 'ot',
	'servings:edit': 'ot',
	'playground:use': 'ot',
	'budget:see': 'ot',
	'evaluations:see': 'otr',
	'evaluations:create': 'ot',
	'evaluations:judge': 'ot',
	'evaluations:seeIdentities': 'ot',
	'evaluations:vote': 'otr',
	'evaluations:reveal': 'ot',
	'guests:invite': 'ot',
	'connections:see': 'ot',
	'connections:edit': 'o',
	'keys:edit': 'o',
	'webhooks:edit': 'ot',
	'members:see': 'o',
	'members:edit': 'o',
	'team:delete': 'o',
	'audit:see': 'o',
	'mails:byDefault': 'ot',
	'team:see': 'otr'
};

test.each(Object.entries(spec) as [Action, string][])('%s', (action, allowed) => {
	expect(roles.filter((role) => may(role, action))).toEqual(roles.filter((role) => allowed.includes(role[0]!)));
	for (const role of roles) {
		if (allowed.includes(role[0]!)) expect(() => authorize({ role }, action)).not.toThrow();
		else expect(() => authorize({ role }, action)).toThrow(AppError);
	}
});

test('a refusal is forbidden, and says whom to ask', () => {
	expect(() => authorize({ role: 'rater' }, 'runs:start')).toThrow(
		expect.objectContaining({
			code: 'forbidden',
			status: 403,
			message: expect.stringMatching(/^A rater cannot do this\. Ask an owner/)
		})
	);
});

test('an owner may do everything', () => {
	for (const action of Object.keys(spec) as Action[]) expect(may('owner', action)).toBe(true);
});

test('a role that the table does not know may nothing, and hears it in a sentence', () => {
	const guest = 'guest' as Role;
	for (const action of Object.keys(spec) as Action[]) {
		expect(may(guest, action), action).toBe(false);
		expect(() => authorize({ role: guest }, action)).toThrow(/^This role cannot do this\./);
	}
});
