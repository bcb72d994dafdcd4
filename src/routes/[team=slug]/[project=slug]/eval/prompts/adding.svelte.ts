import { firstProblem, sendAction } from '$lib/client/send-action';
import { sendFile } from '$lib/client/send-file';
import type { AddedPrompts, ImportedPrompts } from '$lib/contract/prompts';
import { asFile, promptsPasted } from '$lib/core/prompts/pasted';

/** What came of it, however they came: how many are new, and of the others why they are not. */
export type Outcome = {
	added: number;
	known: number;
	refused: number;
	notRead: number;
	/** `exampleId`: the example that asks the same. */
	reasons: { reason: string; exampleId: string | null }[];
};

/** Prompts on their way in, one, many or a file of them, and what came of it. */
export class Adding {
	outcome = $state.raw<Outcome | null>(null);
	problem = $state<string>();
	pending = $state(false);
	/** How much of a file has been sent, 0–1. */
	share = $state<number>();
	#url: () => string;
	#then: () => Promise<void>;

	constructor(url: () => string, then: () => Promise<void>) {
		this.#url = url;
		this.#then = then;
	}

	/** True when it is in. */
	async one(text: string): Promise<boolean> {
		const done = await this.#during(async () => {
			const sent = await sendAction(`${this.#url()}?/add`, { prompts: [text] });
			if (!sent.ok) throw new Error(firstProblem(sent));
			const { added, duplicates, refused } = sent.data as unknown as AddedPrompts;
			return {
				added: added.length,
				known: 0,
				refused: duplicates.length + refused.length,
				notRead: 0,
				reasons: [
					...duplicates.map(({ number }) => ({ reason: `It is here already, as prompt ${number}.`, exampleId: null })),
					...refused
				]
			};
		});
		return done && this.outcome!.added > 0;
	}

	/** True when it was read. */
	many(text: string): Promise<boolean> {
		const prompts = promptsPasted(text);
		return this.file(new Blob([prompts ? asFile(prompts) : text]), 'Pasted text');
	}

	file(body: Blob, name: string): Promise<boolean> {
		return this.#during(async () => {
			const progress = (share: number) => (this.share = share);
			const { result } = sendFile<ImportedPrompts>(`${this.#url()}/import`, body, name, progress);
			const { added, duplicates, refused, notRead, refusals } = await result;
			const reasons = refusals.map(({ reason }) => ({ reason: `${reason}.`, exampleId: null }));
			return { added, known: duplicates, refused, notRead, reasons };
		});
	}

	async #during(work: () => Promise<Outcome>): Promise<boolean> {
		if (this.pending) return false;
		[this.pending, this.problem, this.outcome] = [true, undefined, null];
		try {
			this.outcome = await work();
			await this.#then();
			return true;
		} catch (problem) {
			this.problem = (problem as Error).message;
			return false;
		} finally {
			[this.pending, this.share] = [false, undefined];
		}
	}
}
