/** How a model is trained: on answers to give (`sft`), or on which of two answers is the better one (`dpo`). */
export const methods = ['sft', 'dpo'] as const;
export type Method = (typeof methods)[number];

/** What people call them. */
export const methodWords: Record<Method, { label: string; hint: string }> = {
	sft: { label: 'Examples', hint: 'It learns to answer as your good examples do. Right for a first run.' },
	dpo: { label: 'Preferences', hint: 'It learns which of two answers is better, from rewrites and choices.' }
};

/** Who trains with examples alone, by id; everybody else who trains takes preferences too. */
const examplesOnly = new Set(['nebius', 'crusoe']);

/** The methods that a provider offers, by its id. */
export const methodsOf = (provider: string | null): readonly Method[] =>
	examplesOnly.has(provider ?? '') ? ['sft'] : methods;
