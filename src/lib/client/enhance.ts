import type { SubmitFunction } from '@sveltejs/kit';
import { applyAction, enhance as kits } from '$app/forms';

const unanswered = 'The server did not answer. What you typed is still here: send it again in a moment.';

/** What was typed, as a server gives it back with a refusal. */
const typed = (fields: FormData) =>
	Object.fromEntries(
		[...fields].filter(([name, value]) => typeof value === 'string' && !/key|token|secret/i.test(name))
	);

/**
 * Kit's `enhance`, but a form that nobody answers is refused like any other, in its place: Kit itself would put the page of an
 * error there, and what was typed would be gone. An error that a server has sent is no `Error` here.
 */
export const enhance: typeof kits = (form, submit) =>
	kits(form, async (sending) => {
		const then = await (submit as unknown as SubmitFunction | undefined)?.(sending);
		return async (came) => {
			if (came.result.type !== 'error' || !(came.result.error instanceof Error))
				return then ? then(came) : came.update();
			const data = { values: typed(sending.formData), problems: { form: unanswered } };
			const result = { type: 'failure' as const, status: 503, data };
			const update = () => applyAction(result);
			return then ? then({ ...came, result, update }) : update();
		};
	});
