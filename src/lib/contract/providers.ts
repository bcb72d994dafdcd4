/** A place that trains and runs models, as people choose it. */
type Facts = {
	name: string;
	/** Why it is only kept for old connections. */
	note: string | null;
	/** What a person reads beside it. */
	hint: string;
	key: 'none' | 'optional' | 'needed';
	/** What a person reads under the field of the key. */
	keyHint: string;
	/** Whether the person says where it is; the others have an address of their own. */
	hasAddress: boolean;
};

/** Every provider there is: the one list, which forms, connections and the translators go by. */
export const providerFacts = {
	sandbox: {
		name: 'Sandbox',
		note: null,
		hint: 'Built in, free, no key. Learns and answers for real, on a toy scale.',
		key: 'none',
		keyHint: '',
		hasAddress: false
	},
	together: {
		name: 'Together.ai',
		note: null,
		hint: 'Trains open models and serves them by the minute.',
		key: 'needed',
		keyHint: 'From your account settings at Together.ai.',
		hasAddress: false
	},
	nebius: {
		name: 'Nebius Token Factory',
		note: null,
		hint: 'Trains open models by OpenAI’s protocol; what comes out is deployed there by hand.',
		key: 'needed',
		keyHint: 'From the API keys of your Nebius Token Factory project.',
		hasAddress: false
	},
	crusoe: {
		name: 'Crusoe',
		note: null,
		hint: 'Trains adapters for open models; what comes out is deployed there by hand.',
		key: 'needed',
		keyHint: 'From the API keys of Crusoe’s Intelligence Foundry.',
		hasAddress: false
	},
	openai: {
		name: 'OpenAI',
		note: 'Training at OpenAI ends in January 2027 and is already closed to many accounts. Its models stay useful for comparing and judging.',
		hint: '',
		key: 'needed',
		keyHint: 'Begins with sk-.',
		hasAddress: false
	},
	'own-server': {
		name: 'Own training server',
		note: null,
		hint: 'A server of yours that takes training orders just as OpenAI does.',
		key: 'optional',
		keyHint: 'Leave it empty when the server asks for none.',
		hasAddress: true
	},
	'openai-compatible': {
		name: 'OpenAI-compatible server',
		note: null,
		hint: 'Any server that speaks OpenAI’s protocol. It answers, compares and judges; it trains nothing.',
		key: 'optional',
		keyHint: 'Leave it empty when the server asks for none.',
		hasAddress: true
	}
} as const satisfies Record<string, Facts>;

export type ProviderId = keyof typeof providerFacts;
export const providerIds = Object.keys(providerFacts) as [ProviderId, ...ProviderId[]];
