import type { ProviderId } from '../lib/contract/providers.ts';
import { providerFacts } from '../lib/contract/providers.ts';
import { type Access, type Provider } from '../lib/server/providers/provider.ts';
import { Failure } from './exit-codes.ts';
import { keyFor } from './files/credentials.ts';
import type { Config, Project } from './files/project.ts';
import { sandboxAddress } from './files/sandbox-address.ts';
import type { Io } from './terminal/io.ts';

export type Connected = { provider: Provider; access: Access };

/** Where the SDKs go instead of the providers' own addresses, for tests and proxies. */
const addressOf = (io: Pick<Io, 'env'>, config: Config): string | undefined => {
	if (config.provider === 'sandbox') return sandboxAddress(io);
	const name: Partial<Record<ProviderId, string>> = { together: 'TOGETHER_BASE_URL', openai: 'OPENAI_BASE_URL' };
	return config.baseUrl ?? io.env[name[config.provider] ?? ''];
};

/**
 * The provider of a project, with its key: the app's own translators. They are loaded here and not before, because most
 * commands ask nobody. Throws a failure where a key is missing.
 */
export const connect = async (io: Pick<Io, 'env' | 'signal'>, project: Project): Promise<Connected> => {
	const { config } = project;
	const { name, key: needs } = providerFacts[config.provider];
	const key = keyFor(io, project);
	if (needs === 'needed' && key === null)
		throw new Failure(`There is no key for ${name}.`, `ait key ${config.provider}`, 'provider');
	const [{ providers }, { reachEnteredBy }] = await Promise.all([
		import('../lib/server/providers/registry.ts'),
		import('../lib/server/providers/call.ts')
	]);
	// it is the person's own machine that calls, so nothing in their network has to be guarded from them
	reachEnteredBy(fetch);
	const baseUrl = addressOf(io, config);
	return {
		provider: providers[config.provider],
		access: { provider: config.provider, key: key ?? '', signal: io.signal, ...(baseUrl !== undefined && { baseUrl }) }
	};
};
