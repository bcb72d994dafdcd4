import type { ActionResult } from '@sveltejs/kit';
import { applyAction } from '$app/forms';
import { invalidateAll } from '$app/navigation';

type Made = { key: string; problems?: undefined } | { key?: undefined; problems?: Record<string, string> };

/**
 * What came of a form that makes a key. Not by `update`: the page's `form` would keep the key until somebody goes elsewhere, and here
 * it lives as long as the dialog that shows it.
 */
export const madeKey = async (result: ActionResult): Promise<Made> => {
	if (result.type === 'failure') return { problems: (result.data as { problems?: Record<string, string> }).problems };
	if (result.type !== 'success') {
		await applyAction(result);
		return {};
	}
	await invalidateAll();
	return { key: (result.data as { key: string }).key };
};
