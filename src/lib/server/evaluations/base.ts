import { AppError } from '../../core/errors.ts';
import type { Scope } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { ProviderError } from '../providers/errors.ts';
import { providers } from '../providers/registry.ts';
import { runById } from '../runs/rows.ts';
import { baseDeployability } from '../servings/commands.ts';

/** Somebody waits for the comparison to begin; a provider that does not say by then is asked again by the job. */
const askWithinMs = 8_000;

/**
 * Why the base of a run cannot take part in a comparison, in a sentence, asked before anything is deployed and billed; null where it
 * answers, by itself or deployed as it is, or the provider does not say.
 */
export const baseProblem = async (scope: Scope, runId: string): Promise<string | null> => {
	try {
		const { run, access } = await scope.tx(async (tx) => {
			const run = await runById(tx, runId);
			return { run, access: await openAccess(tx, run.connectionId) };
		});
		const provider = providers[access.provider];
		if (provider.servesTunedModels === 'at-once') return null;
		const asked = { ...access, signal: AbortSignal.timeout(askWithinMs) };
		if ((await provider.model(asked, run.baseModel))?.answersAtOnce !== false) return null;
		const { problem } = await baseDeployability(run, asked);
		return (
			problem &&
			`The base model ${run.baseModel} does not answer without being deployed. ${problem} Nothing was deployed, and nothing is billed: compare the run with another run, or train on a base that answers.`
		);
	} catch (problem) {
		if (problem instanceof ProviderError || problem instanceof AppError) return null;
		throw problem;
	}
};
