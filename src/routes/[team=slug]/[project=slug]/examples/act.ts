import { deserialize } from '$app/forms';

export type Answer = { ok: true } | { ok: false; problem: string };

/** Sends a form action of the page at `path` without a form: for what buttons and keys do to chosen rows. */
export const act = async (
	path: string,
	action: 'delete' | 'restore' | 'move',
	fields: Record<string, string>
): Promise<Answer> => {
	const body = new FormData();
	for (const [name, value] of Object.entries(fields)) body.set(name, value);
	try {
		const answer = await fetch(`${path}?/${action}`, {
			method: 'POST',
			body,
			headers: { 'x-sveltekit-action': 'true' }
		});
		const result = deserialize(await answer.text());
		if (result.type === 'success') return { ok: true };
		if (result.type === 'error')
			return { ok: false, problem: result.error?.message ?? 'It did not work. Try again in a moment.' };
		const problems =
			result.type === 'failure' ? (result.data?.problems as Record<string, string> | undefined) : undefined;
		return { ok: false, problem: Object.values(problems ?? {})[0] ?? 'It did not work. Try again in a moment.' };
	} catch {
		return { ok: false, problem: 'There is no connection.' };
	}
};
