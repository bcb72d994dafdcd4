import type { Download } from '../../contract/fields.ts';

/** A file made while it is taken: the next piece is asked for when the browser has room for it, and none when it has left. */
export const download = ({ name, pieces }: Download, type: string): Response => {
	const encoder = new TextEncoder();
	const made = pieces[Symbol.asyncIterator]();
	const body = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { value, done } = await made.next();
			if (done) controller.close();
			else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
		},
		async cancel() {
			await made.return?.();
		}
	});
	return new Response(body, {
		headers: {
			'content-type': `${type}; charset=utf-8`,
			'content-disposition': `attachment; filename="${name}"`,
			'cache-control': 'private, no-store'
		}
	});
};
