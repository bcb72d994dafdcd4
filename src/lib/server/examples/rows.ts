import type { Parsed } from '../../core/examples/import/parse.ts';
import { contentText, promptText } from '../../core/examples/fingerprint.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import { sha256 } from '../platform/crypto.ts';

export type Accepted = Extract<Parsed, { ok: true }>;

/** The two hashes by which duplicates and leaks are found, and the size. */
export const factsOf = (messages: Accepted['messages'], rewrite: string | null) => {
	const prompt = promptText(messages);
	const last = messages.at(-1)!;
	return {
		contentHash: sha256(contentText(messages, prompt)),
		promptHash: sha256(prompt),
		tokens: tokensOf(rewrite === null ? messages : [...messages.slice(0, -1), { ...last, content: rewrite }])
	};
};
