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

/**
 * What OpenAI trains, as it documents it, and how: its list of models does not tell, and other versions of the same name are refused. A model is
 * missing here once it is switched off (the nano one since October 2026).
 */
const atOpenai = new Map<string, readonly Method[]>([
	['gpt-4.1-2025-04-14', methods],
	['gpt-4.1-mini-2025-04-14', methods],
	['gpt-4o-2024-08-06', ['sft']],
	['gpt-4o-mini-2024-07-18', ['sft']]
]);

/** How OpenAI trains this model; nothing where it does not. */
export const methodsAtOpenai = (model: string): readonly Method[] => atOpenai.get(model) ?? [];
