import { firstProblem, sendAction } from '$lib/client/send-action';

export type Answer = { ok: true } | { ok: false; problem: string };

/** Sends a form action of the page at `path` without a form: for what buttons and keys do to chosen rows. */
export const act = async (
	path: string,
	action: 'delete' | 'restore' | 'move',
	fields: Record<string, string>
): Promise<Answer> => {
	const sent = await sendAction(`${path}?/${action}`, fields);
	return sent.ok ? { ok: true } : { ok: false, problem: firstProblem(sent) };
};
