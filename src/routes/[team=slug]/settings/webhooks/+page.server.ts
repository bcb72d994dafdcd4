import { CreateWebhook, ListWebhooks } from '$lib/contract/webhooks';
import { together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { listProjects } from '$lib/server/project/queries';
import { createWebhook } from '$lib/server/webhooks/commands';
import { listWebhooks } from '$lib/server/webhooks/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListWebhooks, ({ locals }) =>
	together(locals.scope, async (scope) => ({
		webhooks: await listWebhooks(scope),
		choices: (await listProjects(scope)).map(({ id, name }) => ({ id, name }))
	}))
) satisfies PageServerLoad;

export const actions = {
	create: form(CreateWebhook, ({ locals }, input) => createWebhook(locals.scope, input))
} satisfies Actions;
