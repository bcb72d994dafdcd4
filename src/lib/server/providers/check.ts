import type { ConnectionCheck } from './provider.ts';
import { ProviderError } from './errors.ts';

/**
 * What a key is worth. A refusal becomes the answer; a provider that is away says nothing about the key and is thrown.
 */
export async function checkKey(work: () => Promise<ConnectionCheck>): Promise<ConnectionCheck> {
	try {
		return await work();
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.retry) throw problem;
		return { ok: false, reason: problem.message };
	}
}
