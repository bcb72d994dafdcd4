import zlib from 'node:zlib';

/**
 * Whose answers are compressed. Length tells what is inside: where a stranger can put words beside a secret, they can guess it letter
 * by letter by how well it compresses (BREACH). So none of the pages that show keys, codes or links of a person, no answer to a form or
 * to a write, which may carry a key that was made a moment ago, and nothing that is new here until somebody has decided.
 */
const reads = [
	/^\/\(docs\)/,
	/^\/api\/openapi\.json$/,
	/^\/api\/v1\//,
	/^\/\[team=slug\]$/,
	/^\/\[team=slug\]\/\[project=slug\](\/|$)/
];
/** Questions that are too long for an address, and change nothing. */
const asks = new Set(['/[team=slug]/[project=slug]/rate/cards']);

export const mayCompress = (method: string, route: string | null): boolean =>
	route !== null &&
	(method === 'GET' ? reads.some((pattern) => pattern.test(route)) : method === 'POST' && asks.has(route));

/** Below this the saving is a packet that is sent anyway. */
const leastBytes = 1_000;
const worthIt = /^(text\/(?!event-stream)|application\/(json|manifest\+json|xml|x-ndjson))/;

/** What the browser would rather have: `br;q=0` is none. */
const codingFor = (accepted: string): 'br' | 'gzip' | null => {
	const weights = new Map(
		accepted.split(',').map((part) => {
			const [name = '', ...rest] = part
				.trim()
				.toLowerCase()
				.split(/\s*;\s*/);
			const weight = rest.find((text) => text.startsWith('q='))?.slice(2);
			return [name, weight === undefined ? 1 : Number(weight)];
		})
	);
	const [br, gzip] = [weights.get('br') ?? 0, weights.get('gzip') ?? 0];
	if (br > 0 && br >= gzip) return 'br';
	return gzip > 0 ? 'gzip' : null;
};

/** Quick rather than small: a page of 270 KB takes a few milliseconds, off the thread that answers. */
const coderFor = (coding: 'br' | 'gzip') =>
	coding === 'br'
		? zlib.createBrotliCompress({
				params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5, [zlib.constants.BROTLI_PARAM_LGWIN]: 18 }
			})
		: zlib.createGzip({ level: 5 });

/** The body through a coder: what comes is passed on at once, the next is asked for when there is room, and none when nobody reads. */
const through = (
	first: Uint8Array,
	rest: ReadableStreamDefaultReader<Uint8Array>,
	coding: 'br' | 'gzip'
): ReadableStream<Uint8Array> => {
	const coder = coderFor(coding);
	let next: Uint8Array | undefined = first;
	return new ReadableStream<Uint8Array>({
		start(controller) {
			coder.on('data', (piece: Buffer) => controller.enqueue(piece));
			coder.on('end', () => controller.close());
			coder.on('error', (problem) => controller.error(problem));
		},
		async pull() {
			const piece = next ?? (await rest.read()).value;
			next = undefined;
			if (piece === undefined) return void coder.end();
			await new Promise<void>((done) => {
				coder.write(piece);
				coder.flush(() => done());
			});
		},
		async cancel(reason) {
			coder.destroy();
			await rest.cancel(reason);
		}
	});
};

/** What this browser has of it already: Kit answers that itself, by the tag as it is. */
const isKnown = (known: string | null, tag: string | null) => tag !== null && known?.replace(/^W\//, '') === tag;

/** The answer in the coding that the browser takes, where that is worth it and tells nobody anything. */
export const compressed = async (request: Request, route: string | null, response: Response): Promise<Response> => {
	const { headers, body } = response;
	if (body === null || !mayCompress(request.method, route) || !worthIt.test(headers.get('content-type') ?? ''))
		return response;
	// a file is made while it is taken, and whoever takes it wants it as quickly as it comes
	if (headers.has('content-encoding') || headers.has('content-disposition')) return response;
	if (/no-transform/.test(headers.get('cache-control') ?? '')) return response;
	if (Number(headers.get('content-length') ?? leastBytes) < leastBytes) return response;
	headers.append('vary', 'accept-encoding');
	const coding = codingFor(request.headers.get('accept-encoding') ?? '');
	const tag = headers.get('etag');
	if (coding === null || isKnown(request.headers.get('if-none-match'), tag)) return response;

	const reader = (body as ReadableStream<Uint8Array>).getReader();
	const { value: first } = await reader.read();
	const sent = new Headers(headers);
	sent.set('content-encoding', coding);
	sent.delete('content-length');
	// the same to whoever reads it, but not byte for byte
	if (tag !== null && !tag.startsWith('W/')) sent.set('etag', `W/${tag}`);
	return new Response(through(first ?? new Uint8Array(), reader, coding), { status: response.status, headers: sent });
};
