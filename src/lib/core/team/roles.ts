import * as v from 'valibot';
import { Id } from '../id.ts';
import { roles } from '../permissions.ts';
import { Email } from './fields.ts';

const RoleName = v.picklist(roles, 'Choose a role');

/** The projects a member is limited to, from JSON or from a form, where they are one text; nothing and `all` are every project. */
const ProjectIds = v.optional(
	v.pipe(
		v.union([v.array(v.string()), v.string()]),
		v.transform((given) =>
			(Array.isArray(given) ? given : given.split(',')).map((id) => id.trim()).filter((id) => id !== '' && id !== 'all')
		),
		v.array(Id('The project')),
		v.maxLength(500, 'Choose at most 500 projects'),
		v.transform((ids) => (ids.length === 0 ? null : [...new Set(ids)]))
	),
	''
);

export const NewInvitation = v.object({ email: Email, role: RoleName, projectIds: ProjectIds });
export type NewInvitation = v.InferInput<typeof NewInvitation>;

export const NewRole = v.object({ role: RoleName, projectIds: ProjectIds });

/** What an invited person is told, in the mail and on the page. */
export const invitedAs = {
	owner: 'As an owner you can do everything here, and decide who else may.',
	trainer: 'As a trainer you collect examples, train models and compare them.',
	rater: 'As a rater you judge and improve examples, and choose the better of two answers.'
} as const;

/** What each role is for, as the table of members explains it. */
export const roleSentences = {
	owner: 'Everything, and also members, connections and the settings of projects.',
	trainer: 'Collects examples, trains models, compares them.',
	rater: 'Rates and rewrites examples, and chooses the better of two answers.'
} as const;
