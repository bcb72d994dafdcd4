import { AppError } from './errors.ts';

export const roles = ['owner', 'trainer', 'rater'] as const;
export type Role = (typeof roles)[number];

/** Who may do what, and who may see what, as one table. The policies in the database say the same (db/schema.ts). */
const allowed = {
	'project:see': ['owner', 'trainer', 'rater'],
	'project:create': ['owner', 'trainer'],
	'project:edit': ['owner'],
	'project:delete': ['owner'],
	'examples:see': ['owner', 'trainer', 'rater'],
	'examples:add': ['owner', 'trainer'],
	'examples:delete': ['owner', 'trainer'],
	'examples:export': ['owner', 'trainer'],
	'prompts:see': ['owner', 'trainer'],
	'prompts:edit': ['owner', 'trainer'],
	'examples:rate': ['owner', 'trainer', 'rater'],
	'examples:rewrite': ['owner', 'trainer', 'rater'],
	'scores:seeOthers': ['owner', 'trainer'],
	'splits:see': ['owner', 'trainer'],
	'splits:edit': ['owner', 'trainer'],
	'runs:see': ['owner', 'trainer'],
	'runs:start': ['owner', 'trainer'],
	'runs:cancel': ['owner', 'trainer'],
	'servings:edit': ['owner', 'trainer'],
	'playground:use': ['owner', 'trainer'],
	'budget:see': ['owner', 'trainer'],
	'evaluations:see': ['owner', 'trainer', 'rater'],
	'evaluations:create': ['owner', 'trainer'],
	'evaluations:seeIdentities': ['owner', 'trainer'],
	'evaluations:vote': ['owner', 'trainer', 'rater'],
	'evaluations:reveal': ['owner', 'trainer'],
	'evaluations:judge': ['owner', 'trainer'],
	'guests:invite': ['owner', 'trainer'],
	'connections:see': ['owner', 'trainer'],
	'connections:edit': ['owner'],
	'keys:edit': ['owner'],
	'webhooks:edit': ['owner', 'trainer'],
	'members:see': ['owner'],
	'members:edit': ['owner'],
	'audit:see': ['owner'],
	/** Is told by mail of what they have begun or taken part in, without having wished for it. */
	'mails:byDefault': ['owner', 'trainer'],
	'team:delete': ['owner'],
	'team:see': ['owner', 'trainer', 'rater']
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof allowed;

const plain: Record<Role, string> = { owner: 'An owner', trainer: 'A trainer', rater: 'A rater' };

/** Whether a person of this role may do it: what pages ask before they show a button. */
export const may = (role: Role, action: Action) => (allowed[action] as readonly Role[]).includes(role);

/** Throws `forbidden` when this role may not do it. A role that the table does not know may nothing. */
export const authorize = (scope: { role: Role }, action: Action) => {
	if (!may(scope.role, action)) {
		throw new AppError(
			'forbidden',
			`${plain[scope.role] ?? 'This role'} cannot do this. Ask an owner of the team for another role.`
		);
	}
};
