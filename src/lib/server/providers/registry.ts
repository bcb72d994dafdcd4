import { free } from './free.ts';
import { openaiCompatible } from './openai/compatible.ts';
import { openai } from './openai/openai.ts';
import type { Provider, ProviderId } from './provider.ts';
import { readable } from './readable.ts';
import { sandbox, together } from './together/together.ts';

/** Every place that trains and runs models. */
export const providers: Record<ProviderId, Provider> = {
	sandbox: free(readable(sandbox)),
	together: readable(together),
	openai: readable(openai),
	'openai-compatible': readable(openaiCompatible)
};
