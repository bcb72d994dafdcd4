import Together from 'together-ai';
import { type Place, ask, fetchForEntered, orNull } from '../call.ts';
import type { Access } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { unreadable } from '../unreadable.ts';

const official = 'https://api.together.ai/v1';
// Deployments answer on a host of their own, which serves nothing else.
const officialInference = 'https://api-inference.together.ai/v1';

export type Clients = { v1: Together; v2: Together; v3: Together; inference: Together };

/** The addresses of a connection. The SDK finds v2 by itself only under the official address, so others name it. */
function addressesOf({ provider, baseUrl }: Access): Record<keyof Clients, string> {
	if (provider === 'sandbox' && !baseUrl) throw new ProviderError('refused', 'This server has no sandbox.');
	const third = (v1: string) => v1.replace(/\/v1$/, '/v3');
	if (!baseUrl) return { v1: official, v2: official, v3: third(official), inference: officialInference };
	const root = baseUrl.replace(/\/+$/, '');
	const v1 = provider === 'sandbox' ? `${root}/together/v1` : root;
	return { v1, v2: v1.replace(/\/v1$/, '/v2'), v3: third(v1), inference: v1 };
}

/** Clients for one call. Every setting is given, so that no environment variable can change where it goes. */
export function clientsOf(access: Access): Clients {
	// The sandbox stands where our own configuration says; any other address was entered by somebody.
	const isEntered = access.provider !== 'sandbox' && access.baseUrl;
	const open = (baseURL: string) =>
		new Together({
			apiKey: access.key || 'none',
			baseURL,
			projectID: null,
			maxRetries: 0,
			logLevel: 'off',
			...(isEntered ? { fetch: fetchForEntered() } : {})
		});
	const { v1, v2, v3, inference } = addressesOf(access);
	return { v1: open(v1), v2: open(v2), v3: open(v3), inference: open(inference) };
}

type Who = { project_id?: unknown; project_slug?: unknown; project?: { id?: unknown; slug?: unknown } | null };

/** The project in what `whoami` says: flat in the first version, nested in the third. */
const projectIn = (answer: unknown): { id: string; slug: string } | null => {
	const who = (typeof answer === 'object' && answer !== null ? answer : {}) as Who;
	const id = who.project_id ?? who.project?.id;
	const slug = who.project_slug ?? who.project?.slug;
	return typeof id === 'string' && typeof slug === 'string' ? { id, slug } : null;
};

/** Which project a key belongs to; every call of v2 names it. */
export const projectOf = async (access: Access, place: Place): Promise<{ id: string; slug: string }> => {
	const { v1, v3 } = clientsOf(access);
	const whoIn = (client: Together) =>
		ask(access, place, async (options) => projectIn(await client.get<unknown>('/whoami', options)));
	const project = (await orNull(whoIn(v1))) ?? (await whoIn(v3));
	if (!project) throw unreadable(place);
	return project;
};

type Pages<T> = PromiseLike<{ iterPages(): AsyncIterable<{ getPaginatedItems(): T[] }> }>;

/** All items of a list of v2, over its pages. Each has to be one: the SDK makes an empty page of any text. */
export async function all<T>(list: Pages<T>, place: Place): Promise<T[]> {
	const items: T[] = [];
	for await (const page of (await list).iterPages()) {
		const { body } = page as unknown as { body: unknown };
		if (typeof body !== 'object' || body === null) throw unreadable(place);
		items.push(...page.getPaginatedItems());
	}
	return items;
}
