import { vi } from 'vitest';

/** What the server was sent. */
export type Sent = { at: string; clientId: string; subject: string; value: unknown; saw?: unknown };

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
		arrived: [] as Sent[]
	};
	const answer = (status: number, body: object) => ({ ok: status < 300, status, json: async () => body });
	vi.stubGlobal('fetch', async (at: string, init: RequestInit) => {
		server.requests++;
		await Promise.resolve();
		const meant = new Headers(init.headers).get('x-person');
		if (server.signedIn !== null && meant !== server.signedIn) return answer(401, {});
		if (server.status === 0) throw new TypeError('Failed to fetch');
		if (server.status !== 200) return answer(server.status, server.body ?? {});
		const { exampleId, ballotId, score, choice, saw, clientId } = JSON.parse(init.body as string);
		const [subject, value] = [exampleId ?? ballotId, exampleId ? score : choice];
		if (!server.arrived.some((sent) => sent.clientId === clientId)) {
			const now = stands.get(subject) ?? null;
			if (saw !== undefined && saw !== now)
				return answer(412, { error: { code: 'changed', message: 'Meanwhile …', field: 'saw', now } });
			stands.set(subject, value);
			server.arrived.push({ at, clientId, subject, value, saw });
		}
		if (server.lost) throw new TypeError('The answer was lost');
		return answer(200, server.body ?? { score: value });
	});

	const store = new Map<string, string>();
	const listeners = new Set<(event: { key: string | null }) => void>();
	const tell = (key: string) => queueMicrotask(() => listeners.forEach((heard) => heard({ key })));
	const localStorage = new Proxy(
		{
			getItem: (key: string) => store.get(key) ?? null,
			setItem: (key: string, value: string) => (store.set(key, value), tell(key)),
			removeItem: (key: string) => (store.delete(key), tell(key))
		},
		{ ownKeys: () => [...store.keys()], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) }
	);
	vi.stubGlobal('localStorage', localStorage);
	vi.stubGlobal('addEventListener', (type: string, heard: () => void) => type === 'storage' && listeners.add(heard));
	vi.stubGlobal('removeEventListener', (_: string, heard: () => void) => listeners.delete(heard));

	let last: Promise<unknown> = Promise.resolve();
	const locks = { request: (_: string, work: () => Promise<void>) => (last = last.then(work, work)) };
	vi.stubGlobal('navigator', { locks });
	return { server, store };
};

export const settled = async () => {
	for (let i = 0; i < 300; i++) await Promise.resolve();
};
