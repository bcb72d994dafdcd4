import { CreateKey, ListKeys, RevokeKey, RollKey } from '$lib/contract/keys';
import { together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { createKey, revokeKey, rollKey } from '$lib/server/keys/commands';
import { listKeys } from '$lib/server/keys/queries';
import { listProjects } from '$lib/server/project/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListKeys, ({ locals }) =>
	together(locals.scope, async (scope) => ({
		keys: await listKeys(scope),
		choices: (await listProjects(scope)).map(({ id, name }) => ({ id, name }))
	}))
) satisfies PageServerLoad;

export const actions = {
	create: form(CreateKey, ({ locals }, input) => createKey(locals.scope, input)),
	roll: form(RollKey, ({ locals }, input) => rollKey(locals.scope, input)),
	revoke: form(RevokeKey, ({ locals }, input) => revokeKey(locals.scope, input))
} satisfies Actions;
