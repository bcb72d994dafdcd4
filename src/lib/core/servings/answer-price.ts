/** What a model that is billed by the token costs, in cents per million. */
export type AnswerPrice = { prompt: number; completion: number };

/** What so many tokens cost, in cents. */
export const answerCents = (
	{ prompt, completion }: AnswerPrice,
	{ promptTokens, completionTokens }: { promptTokens: number; completionTokens: number }
): number => (prompt * promptTokens + completion * completionTokens) / 1_000_000;
