import type { ActionResult, SubmitFunction } from '@sveltejs/kit';
import { tick } from 'svelte';
import { applyAction, enhance as kits } from '$app/forms';
import { markTab } from '$lib/client/live/tab';

const unanswered = 'The server did not answer. What you typed is still here: send it again in a moment.';

/** What was typed, as a server gives it back with a refusal. */
const typed = (fields: FormData) =>
	Object.fromEntries(
		[...fields].filter(([name, value]) => typeof value === 'string' && !/key|token|secret/i.test(name))
	);

/** As if a server had refused it. */
const refusedWith = (values: Record<string, FormDataEntryValue>) => {
	const result = { type: 'failure' as const, status: 503, data: { values, problems: { form: unanswered } } };
	return { result, update: () => applyAction(result) };
};

/** The root layout hears it, and leads to the first field that was refused. */
const tellRefused = async () => {
	await tick();
	document.dispatchEvent(new Event('refused'));
};

const isRefused = (result: ActionResult) => result.type === 'failure' && Boolean(result.data?.problems);

/**
 * Kit's `enhance`, but a refused form leads to what was refused, also when it is the same again; and a form that nobody answers is
 * refused like any other, in its place: Kit itself would put the page of an error there, and what was typed would be gone. An error
 * that a server has sent is no `Error` here.
 */
export const enhance: typeof kits = (form, submit) =>
	kits(form, async (sending) => {
		markTab(sending.action);
		const then = (await (submit as unknown as SubmitFunction | undefined)?.(sending)) ?? ((came) => came.update());
		return async (came) => {
			const isUnanswered = came.result.type === 'error' && came.result.error instanceof Error;
			const met = isUnanswered ? { ...came, ...refusedWith(typed(sending.formData)) } : came;
			await then(met);
			if (isRefused(met.result)) await tellRefused();
		};
	});
