import { sendAction } from '$lib/client/send-action.ts';
import type { Check, ListedModel } from '$lib/contract/connections.ts';

type Answer = { check?: Check; models?: ListedModel[]; problems?: Record<string, string> };

/**
 * Asks a form action of the page for models, and keeps what came of it. A newer question makes an older answer worthless:
 * whoever clicks through connections sees the models of the last one.
 */
export class ModelChoice {
	models = $state.raw<ListedModel[]>([]);
	check = $state.raw<Check>();
	problems = $state.raw<Record<string, string>>({});
	isLoading = $state(false);
	#asked = 0;

	/** Forgets everything: other values were typed. */
	clear() {
		this.#asked += 1;
		this.models = [];
		this.check = undefined;
		this.problems = {};
		this.isLoading = false;
	}

	async ask(action: string, fields: Record<string, string>) {
		this.clear();
		const asked = this.#asked;
		this.isLoading = true;
		const sent = await sendAction(action, fields);
		const answer: Answer = sent.ok ? sent.data : { problems: sent.problems };
		if (asked !== this.#asked) return;
		this.models = answer.models ?? [];
		this.check = answer.check;
		this.problems = answer.problems ?? {};
		this.isLoading = false;
	}
}
