import { redirect } from '@sveltejs/kit';
import * as webhooks from '$lib/contract/webhooks';
import { to } from '$lib/paths';
import { together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { config } from '$lib/server/platform/config';
import { listProjects } from '$lib/server/project/queries';
import { pauseWebhook, removeWebhook, resumeWebhook, rollSecret, updateWebhook } from '$lib/server/webhooks/commands';
import { getWebhook, listDeliveries } from '$lib/server/webhooks/queries';
import { sendAgain, sendTest } from '$lib/server/webhooks/sending';
import type { Actions, PageServerLoad } from './$types';

export const load = page(webhooks.ListDeliveries, ({ locals, depends }, place) =>
	together(locals.scope, async (scope) => {
		depends('aitelier:deliveries');
		const webhook = await getWebhook(scope, place);
		const choices = (await listProjects(scope)).map(({ id, name }) => ({ id, name }));
		const log = await listDeliveries(scope, { limit: 20, ...place });
		return { webhook, choices, log, keptDays: config().keepDays.deliveries, now: new Date() };
	})
) satisfies PageServerLoad;

export const actions = {
	update: form(webhooks.UpdateWebhook, async ({ locals }, input) => void (await updateWebhook(locals.scope, input))),
	roll: form(webhooks.RollSecret, ({ locals }, input) => rollSecret(locals.scope, input)),
	pause: form(webhooks.PauseWebhook, ({ locals }, input) => pauseWebhook(locals.scope, input)),
	resume: form(webhooks.ResumeWebhook, ({ locals }, input) => resumeWebhook(locals.scope, input)),
	test: form(webhooks.SendTest, ({ locals }, input) => sendTest(locals.scope, input)),
	again: form(webhooks.SendAgain, ({ locals }, input) => sendAgain(locals.scope, input)),
	remove: form(webhooks.RemoveWebhook, async ({ locals, params }, input) => {
		await removeWebhook(locals.scope, input);
		redirect(303, to.webhooks(params.team));
	})
} satisfies Actions;
