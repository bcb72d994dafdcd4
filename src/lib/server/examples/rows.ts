import type { Parsed } from '../../core/import/parse.ts';
import { contentText, promptText } from '../../core/fingerprint.ts';
import { tokensOf } from '../../core/tokens.ts';
import { sha256 } from '../crypto.ts';

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

const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One field of COPY's text format. */
const field = (text: string | null) =>
	text === null ? '\\N' : special.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => escapes[sign]!) : text;

export const stageColumns = 'line, messages, rewrite, source, content_hash, prompt_hash, tokens, rating, split';

/** An accepted line as a row of the staging table, in the order of `stageColumns`, and the hash of its content. */
export const stageRow = (line: Accepted) => {
	const { contentHash, promptHash, tokens } = factsOf(line.messages, line.rewrite);
	const hash = contentHash.toString('hex');
	const row = `${line.line}\t${field(JSON.stringify(line.messages))}\t${field(line.rewrite)}\t${field(line.source)}\t\\\\x${hash}\t\\\\x${promptHash.toString('hex')}\t${tokens}\t${line.rating ?? '\\N'}\t${line.split ?? '\\N'}\n`;
	return { row, hash };
};
