import { vi } from 'vitest';

/** What the server was sent. */
export type Sent = {
	at: string;
	method: string;
	clientId: string;
	subject: string;
	value: unknown;
	saw?: unknown;
	first?: unknown;
};

/**
 * A browser with several windows, and a server behind it that keeps each client id once and knows what stands. `server.status` 0 is
 * no connection; `lost` loses the answer.
 */
export const newBrowser = () => {
	const stands = new Map<string, unknown>();
	const server = {
		status: 200,
		lost: false,
		requests: 0,
		signedIn: null as string | null,
		stands,
		body: null as object | null,
		/** What a hotel's network or a proxy says in our place. */
		between: null as { status: number; body: string } | null,
		arrived: [] as Sent[]
	};
	const answer = (status: number, body: object | null) => ({ ok: status < 300, status, json: async () => body });
	const said = (status: number, body: string) => ({ ok: status < 300, status, json: async () => JSON.parse(body) });
	vi.stubGlobal('fetch', async (at: string, init: RequestInit) => {
		server.requests++;
		await Promise.resolve();
		const meant = new Headers(init.headers).get('x-person');
		if (server.signedIn !== null && meant !== server.signedIn) return answer(401, {});
		if (server.status === 0) throw new TypeError('Failed to fetch');
		if (server.status !== 200) return answer(server.status, server.body ?? {});
		if (server.between) return said(server.between.status, server.between.body);
		const { exampleId, ballotId, rewrite, score, choice, saw, first, clientId } = JSON.parse(init.body as string);
		const [subject, value] = [exampleId ?? ballotId, score === undefined ? choice : score];
		if (!server.arrived.some((sent) => sent.clientId === clientId)) {
			const now = stands.get(subject) ?? null;
			if (rewrite === undefined && saw !== undefined && saw !== now)
				return answer(412, { error: { code: 'changed', message: 'Meanwhile …', field: 'saw', now } });
			if (rewrite === undefined && init.method !== 'PUT') stands.set(subject, value);
			server.arrived.push({ at, method: init.method!, clientId, subject, value, saw, first });
		}
		if (server.lost) throw new TypeError('The answer was lost');
		return answer(200, server.body ?? { score: value });
	});

	const store = Object.assign(new Map<string, string>(), { isFull: false });
	const keep = (key: string, value: string) => {
		if (store.isFull) throw new DOMException('There is no room', 'QuotaExceededError');
		store.set(key, value);
		tell(key);
	};
	const leaving = new Set<(event: Event) => void>();
	const listeners = new Set<(event: { key: string | null }) => void>();
	const tell = (key: string) => queueMicrotask(() => listeners.forEach((heard) => heard({ key })));
	const localStorage = new Proxy(
		{
			getItem: (key: string) => store.get(key) ?? null,
			setItem: (key: string, value: string) => keep(key, value),
			removeItem: (key: string) => (store.delete(key), tell(key))
		},
		{ ownKeys: () => [...store.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) }
	);
	vi.stubGlobal('localStorage', localStorage);
	const heardOf: Record<string, Set<(event: never) => void>> = { storage: listeners, beforeunload: leaving };
	vi.stubGlobal('addEventListener', (type: string, heard: () => void) => heardOf[type]?.add(heard));
	vi.stubGlobal('removeEventListener', (type: string, heard: () => void) => heardOf[type]?.delete(heard));
	/** Somebody closes the window. */
	const leave = () => {
		const event = new Event('beforeunload', { cancelable: true });
		for (const heard of leaving) heard(event);
		return event.defaultPrevented ? 'asks' : 'goes';
	};

	let last: Promise<unknown> = Promise.resolve();
	const locks = { request: (_: string, work: () => Promise<void>) => (last = last.then(work, work)) };
	vi.stubGlobal('navigator', { locks });
	return { server, store, leave };
};

export const settled = async () => {
	for (let i = 0; i < 300; i++) await Promise.resolve();
};
