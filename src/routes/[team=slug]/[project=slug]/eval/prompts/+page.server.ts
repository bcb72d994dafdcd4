import { AddPrompts, BrowsePrompts, DeletePrompts, RestorePrompts } from '$lib/contract/prompts';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { addPrompts, deletePrompts, restorePrompts } from '$lib/server/prompts/commands';
import { browsePrompts } from '$lib/server/prompts/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(BrowsePrompts, async ({ locals, depends }, { selected, ...filter }) => {
	depends(`aitelier:project:${locals.project.project.id}`);
	return { ...(await browsePrompts(locals.project, { selected, ...filter })), filter, crumb: 'Prompts' };
}) satisfies PageServerLoad;

export const actions = {
	add: form(AddPrompts, ({ locals }, input) => addPrompts(locals.project, input)),
	delete: form(DeletePrompts, ({ locals }, input) => deletePrompts(locals.project, input)),
	restore: form(RestorePrompts, ({ locals }, input) => restorePrompts(locals.project, input))
} satisfies Actions;
