import { lookup } from 'node:dns';
import { Agent, Dispatcher1Wrapper } from 'undici';
import ipaddr from 'ipaddr.js';
import { AppError } from '../../core/errors.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;
export type Guard = {
	/** Development and tests: http, any port, and addresses of this machine and this network. */
	allowLocal: boolean;
	resolve?: Resolve;
	/** The form field a refusal belongs under. */
	field?: string;
	/** The largest answer that is read. */
	mostBytes?: number;
};

const mostBytes = 32 * 1024 * 1024; // far more than a list of models or an answer has

const byDns: Resolve = (host) =>
	new Promise((found, failed) =>
		lookup(host, { all: true }, (problem, addresses) => (problem ? failed(problem) : found(addresses)))
	);

const publicV6 = ipaddr.parseCIDR('2000::/3');
const localRanges = ['loopback', 'private', 'uniqueLocal'];

/**
 * Whether we may connect to an address. An address is public only if its range says so; everything else (private,
 * link-local, shared, reserved, multicast, IPv4 in IPv6 clothes, NAT64, 6to4, Teredo) is refused (SS2 in README.md).
 */
export function isAllowedAddress(address: string, allowLocal = false): boolean {
	if (!ipaddr.isValid(address)) return false;
	const parsed = ipaddr.parse(address.replace(/%.*$/, ''));
	const range = parsed.range();
	if (allowLocal && localRanges.includes(range)) return true;
	// ipaddr.js calls ::/96 and other leftovers unicast; the world lives in 2000::/3.
	return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(publicV6));
}

/**
 * The parts of the rule that need no network (SS1 in README.md). The URL parser has already turned every spelling of an
 * IPv4 address (`0x7f.1`, `2130706433`, `127.1`) into the usual one.
 */
function readUrl(text: string, { allowLocal, field = 'baseUrl' }: Guard): { url: URL; literal: string | null } {
	const refuse = (sentence: string) => new AppError('invalid', sentence, field);
	const url = URL.parse(text);
	if (!url) throw refuse('This is not a complete address. It begins with https://.');
	if (url.protocol !== 'https:' && !(allowLocal && url.protocol === 'http:'))
		throw refuse('The address has to begin with https://.');
	if (url.username || url.password) throw refuse('The address must not contain a user name or password.');
	if (url.port && !allowLocal) throw refuse('The address has to use the usual port of https, 443.');
	const host = url.hostname.replace(/^\[|\]$/g, '');
	if (ipaddr.isValid(host)) {
		if (!isAllowedAddress(host, allowLocal)) throw refuse('This address is not on the public internet.');
		return { url, literal: host };
	}
	if (host.length > 253 || host.endsWith('.')) throw refuse('The host name of the address is not valid.');
	if (host.split('.').some((label) => label.startsWith('xn--'))) {
		throw refuse('Host names with letters outside a to z are not accepted, because they can be mistaken for others.');
	}
	if (!allowLocal && (!host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host))) {
		throw refuse('This host name is not on the public internet.');
	}
	return { url, literal: null };
}

/** Every answer has to be allowed: one private address among public ones is an attack or a mistake. */
async function resolveAllowed(host: string, { allowLocal, resolve = byDns, field = 'baseUrl' }: Guard) {
	const addresses = await resolve(host);
	if (addresses.length === 0 || !addresses.every(({ address }) => isAllowedAddress(address, allowLocal))) {
		throw new AppError('invalid', 'The host of this address is not on the public internet.', field);
	}
	return addresses;
}

/**
 * Checks an address that somebody typed, before it is saved or used: its form, and where its name leads now.
 * Throws `AppError('invalid', …)` under the field. The fetch of `guardedFetch` checks again when it connects.
 */
export async function assertPublicUrl(text: string, guard: Guard): Promise<URL> {
	const { url, literal } = readUrl(text, guard);
	if (literal === null) {
		await resolveAllowed(url.hostname, guard).catch((problem: unknown) => {
			if (problem instanceof AppError) throw problem;
			throw new AppError('invalid', `The host ${url.hostname} could not be found.`, guard.field ?? 'baseUrl');
		});
	}
	return url;
}

/** The same answer, which breaks off where it becomes too large; counted after unpacking. */
function capped(response: Response, most: number): Response {
	if (!response.body) return response;
	const reader = (response.body as ReadableStream<Uint8Array>).getReader();
	let bytes = 0;
	// no pipe: that wakes a dozen promises for each word of a streamed answer
	const counted = new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				const { value, done } = await reader.read();
				if (done) return controller.close();
				bytes += value.byteLength;
				if (bytes <= most) return controller.enqueue(value);
				controller.error(Object.assign(new Error('The answer is too large'), { code: 'TOO_LARGE' }));
				await reader.cancel();
			},
			cancel: (reason) => reader.cancel(reason)
		},
		{ highWaterMark: 0 }
	);
	return new Response(counted, response);
}

/**
 * A `fetch` that can only reach the public internet. The name is resolved once per connection, all answers are
 * checked, and the connection goes to a checked address (SS3, SS5 in README.md); redirects come back as they are (SS4), or are an error where that
 * was asked for.
 */
export function guardedFetch(guard: Guard): typeof fetch {
	const agent = new Agent({
		connect: {
			lookup(host, options, done) {
				resolveAllowed(host, guard).then(
					(addresses) => {
						if (options.all) done(null, addresses);
						else done(null, addresses[0]!.address, addresses[0]!.family);
					},
					(problem: NodeJS.ErrnoException) => done(problem, [])
				);
			}
		}
	});
	// Node's own fetch speaks to dispatchers of undici 7; this is the adapter undici 8 brings for it.
	const dispatcher = new Dispatcher1Wrapper(agent);

	return async (input, init) => {
		// A literal address is never looked up, so its check is here.
		readUrl(input instanceof Request ? input.url : String(input), guard);
		const redirect = init?.redirect === 'error' ? 'error' : 'manual';
		const response = await fetch(input, { ...init, redirect, dispatcher } as RequestInit);
		return capped(response, guard.mostBytes ?? mostBytes);
	};
}
