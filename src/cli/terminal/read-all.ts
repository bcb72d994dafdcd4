import type { Readable } from 'node:stream';

/** Everything that comes through a pipe, as text. */
export const readAll = async (stream: Readable): Promise<string> => {
	const pieces: Buffer[] = [];
	for await (const piece of stream) pieces.push(Buffer.from(piece as Uint8Array | string));
	return Buffer.concat(pieces).toString('utf8');
};
