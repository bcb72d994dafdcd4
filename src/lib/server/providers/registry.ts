import { free } from './free.ts';
import { crusoe, nebius, openaiCompatible, ownServer } from './openai/compatible.ts';
import { openai } from './openai/openai.ts';
import { priced } from './priced.ts';
import type { Provider, ProviderId } from './provider.ts';
import { readable } from './readable.ts';
import { sandbox, together } from './together/together.ts';

/** Every place that trains and runs models. */
export const providers: Record<ProviderId, Provider> = {
	sandbox: free(readable(sandbox)),
	together: priced(readable(together)),
	nebius: priced(readable(nebius)),
	crusoe: priced(readable(crusoe)),
	openai: priced(readable(openai)),
	'own-server': priced(readable(ownServer)),
	'openai-compatible': priced(readable(openaiCompatible))
};
