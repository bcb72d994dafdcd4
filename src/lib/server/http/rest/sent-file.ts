import { createHash } from 'node:crypto';
import type { RequestEvent } from '@sveltejs/kit';
import { arriving } from '../arriving.ts';
import { whileMoving } from '../patience.ts';

/** A body of which nothing comes for so long is given up. */
const stallMs = 60_000;

/**
 * The file of a request, as far as it tells which one it is. `through` hashes what is read of it, `hash` is its SHA-256 once it was
 * read to the end, and `hashOfAll` reads it for that alone.
 */
export const sentFile = (event: Pick<RequestEvent, 'request' | 'platform'>) => {
	const { body } = event.request;
	const sum = createHash('sha256');
	let whole: Buffer | null = null;
	const through = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
		for await (const piece of pieces) {
			sum.update(piece);
			yield piece;
		}
		whole = sum.digest();
	};
	return {
		through,
		hash: () => whole,
		hashOfAll: async (): Promise<Buffer> => {
			const file = body && arriving(body, stallMs);
			if (!file) return sum.digest();
			try {
				await whileMoving(event, async () => {
					for await (const _ of through(file.pieces));
				});
			} finally {
				void file.letGo();
			}
			return whole!;
		}
	};
};
export type SentFile = ReturnType<typeof sentFile>;
