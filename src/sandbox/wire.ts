import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from './fault.ts';
import type { Account, Store } from './store.ts';
import type { Training } from './training.ts';

/** What every handler may use: the state, the clock, the pace, the largest file and the learners. */
export type Sandbox = { store: Store; now: () => number; speed: number; mostMb: number; training: Training };

/** One request, already read, from a known key. */
export type Call = {
	sandbox: Sandbox;
	account: Account;
	key: string;
	params: Record<string, string>;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	body: Buffer;
	/** A failure that was asked for and that the handler has to play itself, because it happens in the middle. */
	fault: Fault | null;
	/** The caller went away. */
	gone: AbortSignal;
};

/** `cutAfter`: the connection ends after so many events. */
export type EventStream = { events: AsyncIterable<string>; cutAfter?: number };

export type Reply = {
	status?: number;
	headers?: Record<string, string>;
	json?: unknown;
	bytes?: Buffer;
	stream?: EventStream;
	/** The work is done, but the connection ends before the answer. */
	cut?: boolean;
};

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** An answer that says no, in the shape both providers use. */
export class Refusal extends Error {
	readonly status: number;
	readonly type: string;
	readonly code: string | null;
	readonly param: string | null;
	readonly headers: Record<string, string>;

	constructor(
		status: number,
		message: string,
		more: { type?: string; code?: string; param?: string; headers?: Record<string, string> } = {}
	) {
		super(message);
		this.status = status;
		this.type = more.type ?? 'invalid_request_error';
		this.code = more.code ?? null;
		this.param = more.param ?? null;
		this.headers = more.headers ?? {};
	}

	reply(): Reply {
		const { message, type, param, code } = this;
		return { status: this.status, headers: this.headers, json: { error: { message, type, param, code } } };
	}
}

/** The body as a JSON object. */
export function jsonOf(call: Call): Record<string, unknown> {
	try {
		const value: unknown = call.body.length ? JSON.parse(call.body.toString('utf8')) : {};
		if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// said below, as for every other body that is no object
	}
	throw new Refusal(400, 'The request body is not a JSON object.', { code: 'invalid_json' });
}

/** The body as form fields and files; multipart or urlencoded. */
export async function formOf(call: Call): Promise<FormData> {
	const type = call.headers['content-type'] ?? '';
	try {
		return await new Response(new Uint8Array(call.body), { headers: { 'content-type': type } }).formData();
	} catch {
		throw new Refusal(400, 'The request body is not a form.', { code: 'invalid_form' });
	}
}

/** One page of a list that is read with `after` and `limit`, newest or oldest first as given. */
export function pageOf<T extends { id: string }>(
	call: Call,
	items: T[],
	usualLimit: number
): { data: T[]; more: boolean } {
	const after = call.query.get('after');
	const limit = Math.max(1, Math.min(Number(call.query.get('limit')) || usualLimit, 1000));
	const from = after ? items.findIndex((item) => item.id === after) + 1 : 0;
	return { data: items.slice(from, from + limit), more: from + limit < items.length };
}

/** A page of a v2 list: `limit` and a cursor that is simply where to go on. */
export function cursorPage<T>(call: Call, items: readonly T[]): Reply {
	const from = Number(call.query.get('after') ?? 0) || 0;
	const limit = Math.max(1, Math.min(Number(call.query.get('limit')) || 50, 200));
	const end = from + limit;
	const more = end < items.length ? { next_cursor: String(end) } : {};
	return { json: { object: 'list', data: items.slice(from, end), ...more } };
}

/** Bytes, or the part of them that was asked for: downloads are begun with a look at the first two. */
export function ranged(call: Call, body: Buffer): Reply {
	const headers = { 'content-type': 'application/octet-stream' };
	const asked = /^bytes=(\d+)-(\d*)$/.exec(call.headers.range ?? '');
	if (!asked) return { bytes: body, headers };
	const from = Number(asked[1]);
	const to = Math.min(body.length - 1, asked[2] ? Number(asked[2]) : Infinity);
	const part = body.subarray(from, to + 1);
	return {
		status: 206,
		bytes: part,
		headers: { ...headers, 'content-range': `bytes ${from}-${to}/${body.length}` }
	};
}
