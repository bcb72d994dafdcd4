import { log } from '../platform/log.ts';
import { ProviderError } from './errors.ts';
import type { Provider } from './provider.ts';
import { isUnreadable, unreadable } from './unreadable.ts';

/** What a provider makes: whether it did is not known when its answer can not be read. */
const making = new Set<keyof Provider>(['submit', 'deploy', 'upload']);

/**
 * A provider whose every failure leaves as a `ProviderError`: a 200 with the page of a proxy breaks wherever it is taken apart,
 * and is no fault of ours. What broke goes to the log.
 */
export const readable = (provider: Provider): Provider => {
	const asked = Object.entries(provider).map(([name, value]) => {
		if (typeof value !== 'function') return [name, value];
		const guarded = async (...given: unknown[]) => {
			try {
				return await value(...given);
			} catch (problem) {
				if (problem instanceof ProviderError || !isUnreadable(problem)) throw problem;
				log.warn('provider unreadable', { provider: provider.id, call: name, problem: String(problem) });
				throw unreadable(provider, { lost: making.has(name as keyof Provider) });
			}
		};
		return [name, guarded];
	});
	return Object.fromEntries(asked) as Provider;
};
