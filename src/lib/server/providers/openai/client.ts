import OpenAI from 'openai';
import { type Place, fetchForEntered } from '../call.ts';
import type { Access } from '../provider.ts';
import { ProviderError } from '../errors.ts';

const official = 'https://api.openai.com/v1';

export type Server = Place & {
	/** OpenAI itself, at its own address: names and rules of its own apply. */
	isOfficial(access: Access): boolean;
};

export const openaiServer: Server = { name: 'OpenAI', quote: true, isOfficial: ({ baseUrl }) => !baseUrl };

/** Anybody's server: what it says in errors may come from anywhere and is not shown (SS4 in ../README.md). */
export const compatibleServer: Server = { name: 'The server', quote: false, isOfficial: () => false };

/**
 * A client for one call. Every setting is given: otherwise organization and project of our own environment would be sent
 * along, even to other servers.
 */
export function clientOf(access: Access): OpenAI {
	if (access.provider === 'openai-compatible' && !access.baseUrl) {
		throw new ProviderError('refused', 'This connection has no address. Enter it in the settings of the connection.');
	}
	return new OpenAI({
		apiKey: access.key || 'none', // servers without keys ignore it, but the SDK wants one
		baseURL: access.baseUrl ? access.baseUrl.replace(/\/+$/, '') : official,
		organization: null,
		project: null,
		maxRetries: 0,
		logLevel: 'off',
		...(access.baseUrl ? { fetch: fetchForEntered() } : {})
	});
}
