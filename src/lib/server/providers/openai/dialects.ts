import type { ProviderId } from '../../../contract/providers.ts';
import type { Recipe } from '../../../core/runs/recipe.ts';
import type { TrainingOrder } from '../provider.ts';

/** How a server that speaks OpenAI's protocol takes a training order: in the same route, and each in its own words. */
export type Dialect = {
	/** The settings as it calls them. */
	settings(recipe: Recipe): Record<string, number | boolean>;
	/** Where they stand: in `method`, which also says whether it learns examples or preferences, or at the top as `hyperparameters`. */
	place: 'method' | 'top';
	/** Whether a job keeps metadata, and a list can be filtered by them. The suffix is sent everywhere. */
	hasMetadata: boolean;
	/** These have to come back as they were sent, or the order is stopped: what nobody knows for certain is not paid for on trust. */
	mustEcho: readonly string[];
	/** What a person reads before an order, where the tuned model does not answer at once under its name. */
	servingNote: string | null;
};

const multiplied = ({ epochs, batchSize, rateMultiplier }: Recipe) => ({
	n_epochs: epochs,
	batch_size: batchSize,
	learning_rate_multiplier: rateMultiplier
});

/** Without `lora` the whole model is trained, at a rate that is far too large for it. */
const absolute = ({ epochs, batchSize, learningRate, warmupRatio, loraRank, loraAlpha, loraDropout }: Recipe) => ({
	n_epochs: epochs,
	batch_size: batchSize,
	learning_rate: learningRate,
	warmup_ratio: warmupRatio,
	lora: true,
	lora_r: loraRank,
	lora_alpha: loraAlpha,
	lora_dropout: loraDropout
});

const checkpointNote = (name: string) =>
	`${name} keeps what it trains as a checkpoint. Somebody has to deploy it there by hand before it can be called and compared.`;

const openai: Dialect = {
	settings: multiplied,
	place: 'method',
	hasMetadata: true,
	mustEcho: [],
	servingNote: null
};

/** Every dialect there is, by the connection's provider; where there is none a server is only asked. Facts in ../README.md. */
export const dialects: Partial<Record<ProviderId, Dialect>> = {
	openai,
	'own-server': { ...openai, hasMetadata: false },
	nebius: {
		settings: absolute,
		place: 'top',
		hasMetadata: false,
		mustEcho: [],
		servingNote: checkpointNote('Nebius')
	},
	crusoe: {
		settings: absolute,
		place: 'top',
		hasMetadata: false,
		mustEcho: ['learning_rate', 'n_epochs'],
		servingNote: checkpointNote('Crusoe')
	}
};

type Told = {
	hyperparameters?: object | null;
	method?: {
		type?: string;
		supervised?: { hyperparameters?: object | null } | null;
		dpo?: { hyperparameters?: object | null } | null;
	} | null;
};

/** The settings of an order as this server calls them. */
export const settingsOf = (
	dialect: Dialect,
	{ method, recipe }: Pick<TrainingOrder, 'method' | 'recipe'>
): Record<string, number | boolean> => ({
	...dialect.settings(recipe),
	...(method === 'dpo' && { beta: recipe.beta })
});

const isSame = (sent: number | boolean, told: unknown) =>
	sent === told || (typeof sent === 'number' && typeof told === 'number' && Math.abs(told - sent) <= 1e-6 * sent);

/**
 * What a server has taken otherwise than it was ordered, in words; null where all is as it was meant. `auto` and what is not told
 * are no difference, unless the dialect wants to hear it.
 */
export const differenceIn = (
	dialect: Dialect,
	order: Pick<TrainingOrder, 'method' | 'recipe'>,
	{ hyperparameters, method }: Told
): string | null => {
	if (order.method === 'dpo' && method?.type !== 'dpo') return 'It does not say that it learns preferences.';
	const own = order.method === 'dpo' ? method?.dpo : method?.supervised;
	const told: Record<string, unknown> = { ...hyperparameters, ...own?.hyperparameters };
	const sent = settingsOf(dialect, order);
	if (told.lora === false) return 'It would train the whole model, not an adapter (LoRA).';
	for (const [name, value] of Object.entries(sent)) {
		const known = told[name];
		if (known === undefined || known === null || known === 'auto') {
			if (dialect.mustEcho.includes(name)) return `It does not say which “${name}” it has taken.`;
		} else if (!isSame(value, known)) return `“${name}” was ordered as ${value} and taken as ${JSON.stringify(known)}.`;
	}
	return null;
};
