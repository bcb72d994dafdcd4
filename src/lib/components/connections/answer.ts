import type { ActionResult } from '@sveltejs/kit';
import type { Check } from '$lib/contract/connections.ts';

type Answer = {
	problems?: Record<string, string>;
	/** What a provider said of a key. */
	check?: Check;
	/** Whether a mail went out. */
	sent?: boolean;
	/** Of a webhook, shown once. */
	secret?: string;
};

/** What a form action answered, success or refusal alike; nothing for a redirect or a bug. */
export const answerOf = (result: ActionResult): Answer => ('data' in result && (result.data as Answer)) || {};
