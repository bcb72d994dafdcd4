import OpenAI from 'openai';
import { type Place, fetchForEntered } from '../call.ts';
import { type ProviderId, providerFacts } from '../../../contract/providers.ts';
import type { Access } from '../provider.ts';
import { type Dialect, dialects } from './dialects.ts';
import { ProviderError } from '../errors.ts';

/** The addresses that nobody enters. */
const addresses: Partial<Record<ProviderId, string>> = {
	openai: 'https://api.openai.com/v1',
	nebius: 'https://api.tokenfactory.nebius.com/v1',
	crusoe: 'https://api.intelligence.crusoecloud.com/v1'
};

export type Server = Place & {
	/** OpenAI itself, at its own address: names and rules of its own apply. */
	isOfficial(access: Access): boolean;
	/** How it takes a training order; null: nobody knows, so none is placed. */
	dialect: Dialect | null;
};

const dialectOf = (id: ProviderId | null) => (id && dialects[id]) ?? null;

export const openaiServer: Server = {
	name: 'OpenAI',
	quote: true,
	isOfficial: ({ baseUrl }) => !baseUrl,
	dialect: dialectOf('openai')
};

/** Anybody's server: what it says in errors may come from anywhere and is not shown (SS4 in ../README.md). */
export const compatibleServer = (id: ProviderId | null): Server => ({
	name: 'The server',
	quote: false,
	isOfficial: () => false,
	dialect: dialectOf(id)
});

/** A known provider at an address of its own, with the dialect it has. */
export const presetServer = (id: ProviderId): Server => ({
	name: providerFacts[id].name,
	quote: true,
	isOfficial: () => false,
	dialect: dialectOf(id)
});

/**
 * A client for one call. Every setting is given: otherwise organization and project of our own environment would be sent
 * along, even to other servers.
 */
export function clientOf(access: Access): OpenAI {
	if (!access.baseUrl && !addresses[access.provider]) {
		throw new ProviderError('refused', 'This connection has no address. Enter it in the settings of the connection.');
	}
	return new OpenAI({
		apiKey: access.key || 'none', // servers without keys ignore it, but the SDK wants one
		baseURL: access.baseUrl ? access.baseUrl.replace(/\/+$/, '') : addresses[access.provider]!,
		organization: null,
		project: null,
		maxRetries: 0,
		logLevel: 'off',
		...(access.baseUrl ? { fetch: fetchForEntered() } : {})
	});
}
