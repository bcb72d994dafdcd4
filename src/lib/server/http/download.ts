/** A file made while it is taken: the next piece is asked for when the browser has room for it, and none when it has left. */
export const download = (
	{ name, pieces }: { name: string; pieces: AsyncGenerator<string, void, undefined> },
	type: string
): Response => {
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { value, done } = await pieces.next();
			if (done) controller.close();
			else controller.enqueue(encoder.encode(value));
		},
		async cancel() {
			await pieces.return(undefined);
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
