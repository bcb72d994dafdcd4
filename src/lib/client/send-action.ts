import { deserialize } from '$app/forms';
import { fromThisTab } from '$lib/client/live/tab';

/** What came of it: what the action answered, or the sentences of its refusal by field; `form` is of the whole. */
export type Sent = { ok: true; data: Record<string, unknown> } | { ok: false; problems: Record<string, string> };

const failed = 'It did not work. Try again in a moment.';

/** Sends a form action without a form. Fields that hold no text go as JSON. Never throws. */
export const sendAction = async (action: string, fields: Record<string, unknown>): Promise<Sent> => {
	const body = new FormData();
	for (const [name, value] of Object.entries(fields))
		body.set(name, typeof value === 'string' ? value : JSON.stringify(value));
	const refused = (form: string): Sent => ({ ok: false, problems: { form } });
	try {
		const answer = await fetch(action, {
			method: 'POST',
			body,
			headers: { accept: 'application/json', 'x-sveltekit-action': 'true', ...fromThisTab }
		});
		const result = deserialize(await answer.text());
		if (result.type === 'success') return { ok: true, data: result.data ?? {} };
		if (result.type === 'failure')
			return { ok: false, problems: (result.data?.problems as Record<string, string>) ?? { form: failed } };
		return refused(result.type === 'error' ? (result.error?.message ?? failed) : 'Sign in and try again.');
	} catch {
		return refused('The server did not answer. Try again.');
	}
};

/** The first sentence of a refusal. */
export const firstProblem = ({ problems }: { problems: Record<string, string> }): string =>
	Object.values(problems)[0] ?? failed;
