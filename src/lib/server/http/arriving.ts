import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import { sliceBytes } from '../../core/examples/import/reading.ts';

/** What a piece costs besides its bytes: a sender may cut a body into single ones. */
const perPiece = 256;

const brokenOff = () =>
	new AppError(
		'invalid',
		'The upload broke off, so only a part of the file is in. Import it again, and the rest is added.',
		'file'
	);
const stoodStill = () =>
	new AppError(
		'invalid',
		'The upload stood still for too long, so only a part of the file is in. Import it again, and the rest is added.',
		'file'
	);

/**
 * A body as it arrives, in slices of at most `sliceBytes`, and with a turn of the event loop for others after each of them.
 * Throws *invalid* when the connection ends in the middle, which is nobody's bug, or when nothing comes for `stallMs`.
 */
export const arriving = (body: ReadableStream<Uint8Array>, stallMs: number) => {
	const reader = body.getReader();
	let isOver = false;
	let isStuck = false;
	const next = () =>
		new Promise<Uint8Array | null>((done, failed) => {
			const timer = setTimeout(() => {
				isStuck = true;
				failed(stoodStill());
			}, stallMs);
			reader
				.read()
				.then(
					({ value }) => {
						isOver = value === undefined;
						done(value ?? null);
					},
					() => {
						isOver = true;
						failed(brokenOff());
					}
				)
				.finally(() => clearTimeout(timer));
		});
	async function* pieces(): AsyncGenerator<Uint8Array> {
		let sinceTurn = 0;
		for (let piece = await next(); piece; piece = await next())
			for (let at = 0; at < piece.length; at += sliceBytes) {
				const slice = piece.subarray(at, at + sliceBytes);
				yield slice;
				sinceTurn += slice.length + perPiece;
				if (sinceTurn < sliceBytes) continue;
				sinceTurn = 0;
				await nextTurn();
			}
	}
	return {
		pieces: pieces(),
		/** Nothing came for too long: whoever sends it is not waited for. */
		isStuck: () => isStuck,
		/**
		 * Takes the rest off the wire and throws it away: a browser reads an answer only after it has sent everything, and to
		 * cancel the body would end the connection before the answer is out.
		 */
		letGo: async () => {
			try {
				while (!isOver && !isStuck) await next();
			} catch {
				// it broke off, or stood still: there is nothing more to let go
			}
		}
	};
};
