import type { Handle, RequestEvent } from '@sveltejs/kit';

type Kept = { headers: [string, string][]; body: Uint8Array<ArrayBuffer> };

/** More than there are pages of the docs. */
const most = 500;
const kept = new Map<string, Kept>();

/** Written as links write it: one page has one address, so that nobody fills the memory with others, or has one kept that leads elsewhere. */
const isPlain = ({ request, url, isDataRequest }: RequestEvent) =>
	request.method === 'GET' && url.search === '' && !url.pathname.includes('%') && !isDataRequest;

const answerOf = ({ headers, body }: Kept) => new Response(body, { headers: new Headers(headers) });

/**
 * What is the same for everybody, until this process ends, is made once: to write a page of the reference takes up to a tenth of a second,
 * and anybody may ask for it.
 */
export const keepAnswers =
	(isForEverybody: (route: string) => boolean): Handle =>
	async ({ event, resolve }) => {
		if (event.route.id === null || !isForEverybody(event.route.id) || !isPlain(event)) return resolve(event);
		const key = event.url.pathname;
		const known = kept.get(key);
		if (known) return answerOf(known);
		const response = await resolve(event);
		if (response.status !== 200 || response.headers.has('set-cookie') || kept.size >= most) return response;
		const answer = { headers: [...response.headers], body: new Uint8Array(await response.arrayBuffer()) };
		kept.set(key, answer);
		return answerOf(answer);
	};
