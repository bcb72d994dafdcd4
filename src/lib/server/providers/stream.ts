import type { Access, Completion } from './provider.ts';
import { ProviderError } from './errors.ts';
import { type Thoughts, thoughtIn } from './thoughts.ts';

/** What one chunk of a streamed answer brings. */
export type Chunk = {
	choices?:
		| ({ delta?: ({ content?: string | null } & Thoughts) | null; finish_reason?: string | null } | null)[]
		| null;
	usage?: Usage | null;
};
/** What a server says that an answer has used. Anybody can name a server, so it may say anything. */
export type Usage = { prompt_tokens?: unknown; completion_tokens?: unknown };

const silenceMs = 60_000; // no model pauses longer in the middle of an answer

/** Together's `eos` is what everybody else calls `stop`. */
export const finishOf = (reason: unknown): string | null =>
	typeof reason !== 'string' ? null : reason === 'eos' ? 'stop' : reason;

const mostTokens = 2 ** 31 - 1; // what a column keeps
const countIn = (value: unknown): number | null =>
	Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostTokens ? (value as number) : null;

/** The tokens of an answer. A count that is none would be added to what is spent. */
export const tokensIn = (usage: Usage | null | undefined): Pick<Completion, 'promptTokens' | 'completionTokens'> => ({
	promptTokens: countIn(usage?.prompt_tokens),
	completionTokens: countIn(usage?.completion_tokens)
});

/**
 * Reads a streamed answer. A stream that ends before the model did (cut, silent for too long, stopped by the caller)
 * gives what had come, with `finishReason: null`. Only a failure before the first word is thrown; that nothing came at
 * all is one.
 */
export async function collect(
	access: Access,
	open: (signal: AbortSignal) => Promise<AsyncIterable<readonly Chunk[]>>,
	onText: (piece: string) => void,
	patienceMs = silenceMs,
	onThought: (piece: string) => void = () => {}
): Promise<Completion> {
	const silence = new AbortController();
	const signal = access.signal ? AbortSignal.any([silence.signal, access.signal]) : silence.signal;
	const answer: Completion = { text: '', finishReason: null, promptTokens: null, completionTokens: null };
	let isBegun = false;
	const begun = (tell: (piece: string) => void) => (piece: string) => {
		isBegun = true;
		tell(piece);
	};
	const [tellText, tellThought] = [begun(onText), begun(onThought)];
	const timer = setTimeout(() => silence.abort(), patienceMs);
	let chunks: AsyncIterator<readonly Chunk[]> | undefined;
	try {
		for (;;) {
			let next: IteratorResult<readonly Chunk[]>;
			try {
				chunks ??= (await open(signal))[Symbol.asyncIterator]();
				next = await chunks.next();
			} catch (problem) {
				// a bare TypeError when the connection is cut in the middle
				if (!isBegun && !access.signal?.aborted) throw problem;
				return answer;
			}
			timer.refresh();
			// it ends without a word when the signal ends it
			if (next.done) {
				if (!isBegun && answer.finishReason === null && !access.signal?.aborted)
					throw signal.aborted ? signal.reason : nothingCame();
				return answer;
			}
			for (const chunk of next.value) take(chunk, answer, tellText, tellThought);
		}
	} finally {
		clearTimeout(timer);
		await chunks?.return?.().catch(() => {});
	}
}

const nothingCame = () => new ProviderError('cut', 'The connection was closed before an answer came. Try again.');

function take(
	{ choices, usage }: Chunk,
	answer: Completion,
	onText: (piece: string) => void,
	onThought: (piece: string) => void
): void {
	const choice = choices?.[0]; // the usage chunk has none
	const thought = thoughtIn(choice?.delta);
	if (thought !== '') {
		answer.reasoning = (answer.reasoning ?? '') + thought;
		onThought(thought);
	}
	const piece = choice?.delta?.content;
	if (typeof piece === 'string' && piece !== '') {
		answer.text += piece;
		onText(piece);
	}
	answer.finishReason = finishOf(choice?.finish_reason) ?? answer.finishReason;
	if (!usage) return;
	const { promptTokens, completionTokens } = tokensIn(usage);
	answer.promptTokens = promptTokens ?? answer.promptTokens;
	answer.completionTokens = completionTokens ?? answer.completionTokens;
}
