import type { Method } from '../runs/method.ts';

/** What an owner has said a model costs at a connection, in cents per million tokens; null: not said. */
export type EnteredPrice = {
	training: number | null;
	prompt: number | null;
	completion: number | null;
	/** The day on which it was entered, `YYYY-MM-DD`. */
	on: string;
};
/** By the name of the model. */
export type EnteredPrices = Record<string, EnteredPrice>;

/** What was entered for this model. A provider may call one `constructor`, which every object has without anybody entering it. */
export const enteredFor = (prices: EnteredPrices, model: string): EnteredPrice | undefined =>
	Object.hasOwn(prices, model) ? prices[model] : undefined;

/** What a training costs, and where that is known from. */
export type TrainingPrice = {
	centsPerMillion: number | null;
	/** What the provider charges at least. */
	minimumCents: number;
	/** Where the price is from and of which day, to be put in brackets; null: the provider says so itself, today. */
	priceNote: string | null;
};

type Published = {
	/** Cents per million tokens by the name of the model; null: not known. */
	of(model: string, method: Method): number | null;
	minimumCents: number;
	note: string;
};

/** The size in the name: `Qwen3.5-9B`. Models that are put together of several have prices of their own, which nobody has told. */
const billionsOf = (model: string): number | null => {
	if (/deepseek|glm|kimi|\dx\d/i.test(model)) return null;
	const size = model.match(/(?:^|[-_ ])(\d+(?:\.\d+)?)b(?![a-z])/i);
	return size ? Number(size[1]) : null;
};

/** Up to so many billions of parameters, in cents per million tokens. */
const bySize: readonly { upTo: number; price: Record<Method, number> }[] = [
	{ upTo: 16, price: { sft: 48, dpo: 120 } },
	{ upTo: 69, price: { sft: 150, dpo: 375 } },
	{ upTo: 100, price: { sft: 290, dpo: 725 } }
];

/** The longer name goes before the one that it begins with. */
const byName: readonly [begins: string, cents: number][] = [
	['gpt-4o-mini', 300],
	['gpt-4o', 2500],
	['gpt-4.1-mini', 500],
	['gpt-4.1-nano', 150],
	['gpt-4.1', 2500]
];

/** Prices of trainings that their providers tell nobody before an order: what was last known of them, and when. */
const published: Record<string, Published | undefined> = {
	together: {
		of(model, method) {
			const billions = billionsOf(model);
			return billions === null ? null : (bySize.find(({ upTo }) => billions <= upTo)?.price[method] ?? null);
		},
		minimumCents: 400,
		note: 'price of 2026-05-08; the provider names its own once it has the files, before the order'
	},
	openai: {
		of: (model) => byName.find(([begins]) => model.startsWith(begins))?.[1] ?? null,
		minimumCents: 0,
		note: 'last known price, from before 2026-08-14, when it was taken off the list'
	}
};

/** What is known of the price of a training: what an owner has entered, what the provider says, and at last what it once published. */
export const trainingPriceOf = ({
	provider,
	model,
	method,
	entered,
	told
}: {
	provider: string;
	model: string;
	method: Method;
	entered: EnteredPrice | undefined;
	/** By the provider, now. */
	told: number | null;
}): TrainingPrice => {
	if (entered && entered.training !== null)
		return {
			centsPerMillion: entered.training,
			minimumCents: 0,
			priceNote: `price as it was entered on ${entered.on}`
		};
	if (told !== null) return { centsPerMillion: told, minimumCents: 0, priceNote: null };
	const known = published[provider];
	const cents = known?.of(model, method) ?? null;
	return cents === null
		? { centsPerMillion: null, minimumCents: 0, priceNote: null }
		: { centsPerMillion: cents, minimumCents: known!.minimumCents, priceNote: known!.note };
};
