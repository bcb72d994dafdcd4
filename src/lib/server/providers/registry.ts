import { openaiCompatible } from './openai/compatible.ts';
import { openai } from './openai/openai.ts';
import type { Provider, ProviderId } from './provider.ts';
import { sandbox, together } from './together/together.ts';

export { configureProviders } from './call.ts';

/** Every place that trains and runs models. */
export const providers: Record<ProviderId, Provider> = {
	sandbox,
	together,
	openai,
	'openai-compatible': openaiCompatible
};
