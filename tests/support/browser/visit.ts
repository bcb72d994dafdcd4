import type { Line } from '../data/route-table.ts';
import type { World } from '../data/world.ts';

export type Answer = { status: number; headers: Headers; text: string };

type How = {
	session?: string | null;
	/** null: none is sent. */
	origin?: string | null;
	method?: string;
	/** Another content type than the endpoint's own; the body is then what it was. */
	type?: string | null;
	/** In whose name the request was made. */
	person?: string;
};

/** A form action tells a browser with scripts in JSON how it ended; here it is the status that counts. */
const actionStatus = (status: number, text: string) => {
	const told = JSON.parse(text) as { type?: string; status?: number };
	return told.type === 'redirect' || told.type === 'failure' ? told.status! : status;
};

/** Asks an endpoint the way its page does: a page as a browser, an action as `use:enhance`, an endpoint as `fetch`. */
export const visit = async (
	app: string,
	endpointMethod: string,
	line: Line,
	w: World,
	how: How = {}
): Promise<Answer> => {
	const isAction = endpointMethod.startsWith('?/');
	const method = how.method ?? (endpointMethod === 'page' ? 'GET' : isAction ? 'POST' : endpointMethod);
	const headers: Record<string, string> = { accept: endpointMethod === 'page' ? 'text/html' : 'application/json' };
	let body: string | undefined;
	if (method !== 'GET' && method !== 'HEAD') {
		const fields = line.send?.(w) ?? {};
		if (isAction) {
			headers['x-sveltekit-action'] = 'true';
			headers['content-type'] = 'application/x-www-form-urlencoded';
			body = new URLSearchParams(fields as Record<string, string>).toString();
		} else {
			headers['content-type'] = line.raw === undefined ? 'application/json' : 'application/octet-stream';
			body = line.raw ?? JSON.stringify(fields);
		}
	}
	if (how.type !== undefined) delete headers['content-type'];
	if (how.type) headers['content-type'] = how.type;
	const origin = how.origin === undefined ? app : how.origin;
	if (origin !== null) headers.origin = origin;
	if (how.person) headers['x-person'] = how.person;
	if (how.session) headers.cookie = `session=${how.session}`;

	const address = new URL(line.at(w), app);
	if (isAction && endpointMethod !== '?/default')
		address.search = `${endpointMethod}${address.search.replace('?', '&')}`;
	const stop = new AbortController();
	const answer = await fetch(address, { method, headers, body, redirect: 'manual', signal: stop.signal });
	if (answer.headers.get('content-type')?.startsWith('text/event-stream')) {
		stop.abort(); // it would never end
		return { status: answer.status, headers: answer.headers, text: '' };
	}
	const text = await answer.text();
	const status =
		isAction && answer.headers.get('content-type')?.includes('json')
			? actionStatus(answer.status, text)
			: answer.status;
	return { status, headers: answer.headers, text };
};
