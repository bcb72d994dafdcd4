import { type Sending, sendFile } from '$lib/client/send-file';
import type { ImportResult } from '$lib/contract/examples';
import type { Preview } from './preview';

/** The parsers of all formats weigh more than the page: they come with the first file, or the first pasted word. */
const parsers = () => import('./preview');
type Look = (parsers: typeof import('./preview'), isStale: () => boolean) => Promise<Preview | null>;

/** One import from the choice of a file, or pasted text, to its result. */
export class Importing {
	source = $state.raw<{ name: string; body: Blob } | null>(null);
	preview = $state.raw<Preview | null>(null);
	result = $state.raw<ImportResult | null>(null);
	problem = $state<string>();
	/** How much has been sent, 0–1; undefined while nothing is being sent. */
	share = $state<number>();
	#sending: Sending<ImportResult> | undefined;
	#looks = 0;
	#url: () => string;

	constructor(url: () => string) {
		this.#url = url;
	}

	get isSending() {
		return this.share !== undefined;
	}

	choose(file: File) {
		return this.#look({ name: file.name, body: file }, ({ previewOfFile }, isStale) => previewOfFile(file, isStale));
	}

	paste(text: string) {
		if (text.trim() === '') return this.reset();
		return this.#look({ name: 'Pasted text', body: new Blob([text]) }, ({ previewOfText }, isStale) =>
			previewOfText(text, isStale)
		);
	}

	async #look(source: { name: string; body: Blob }, previewBy: Look) {
		const look = ++this.#looks;
		const isStale = () => look !== this.#looks;
		if (this.source?.name !== source.name) this.preview = null; // while typing the last one stays until the next is there
		this.source = source;
		this.result = null;
		this.problem = undefined;
		try {
			const preview = await previewBy(await parsers(), isStale);
			if (preview) this.preview = preview;
		} catch {
			if (!isStale()) this.problem = 'The browser could not read this file. Choose it again.';
		}
	}

	/** Resolves when the import has ended, well or not. */
	async send() {
		if (!this.source || this.isSending) return;
		const result = await this.#send(this.#url(), this.source);
		if (result) this.result = result;
	}

	/** Brings in the lines that were refused because something in validation asks the same, or nearly; the rest of the result stays. */
	async keepTwins(before: ImportResult) {
		if (this.isSending) return;
		const isKept = ({ twin, text }: ImportResult['refusals'][number]) => twin !== null && text !== '';
		const lines = before.refusals.filter(isKept).map(({ text }) => `${text}\n`);
		const source = { name: this.source?.name ?? 'Kept lines', body: new Blob(lines) };
		const kept = await this.#send(`${this.#url()}?keepTwins`, source);
		if (!kept) return;
		this.result = {
			...before,
			added: before.added + kept.added,
			duplicates: before.duplicates + kept.duplicates,
			refused: before.refused - lines.length + kept.refused,
			refusals: [...before.refusals.filter((refusal) => !isKept(refusal)), ...kept.refusals]
		};
	}

	async #send(url: string, { body, name }: { body: Blob; name: string }): Promise<ImportResult | null> {
		this.problem = undefined;
		this.share = 0;
		this.#sending = sendFile(url, body, name, (share) => (this.share = share));
		try {
			return await this.#sending.result;
		} catch (problem) {
			this.problem = (problem as Error).message;
			return null;
		} finally {
			this.share = undefined;
		}
	}

	stop() {
		this.#sending?.stop();
	}

	reset() {
		this.#looks++;
		this.source = this.preview = this.result = null;
		this.problem = undefined;
	}
}
