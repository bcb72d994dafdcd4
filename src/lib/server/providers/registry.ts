import { free } from './free.ts';
import { crusoe, nebius, openaiCompatible, ownServer } from './openai/compatible.ts';
import { openai } from './openai/openai.ts';
import type { Provider, ProviderId } from './provider.ts';
import { readable } from './readable.ts';
import { sandbox, together } from './together/together.ts';

/** Every place that trains and runs models. */
export const providers: Record<ProviderId, Provider> = {
	sandbox: free(readable(sandbox)),
	together: readable(together),
	nebius: readable(nebius),
	crusoe: readable(crusoe),
	openai: readable(openai),
	'own-server': readable(ownServer),
	'openai-compatible': readable(openaiCompatible)
};
