import { ListEveryModel, ListModels, ListModelsOfNew, type ListedModel } from '../../contract/connections.ts';
import { AppError } from '../../core/errors.ts';
import { query } from '../access/operation.ts';
import type { Scope } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import { connections } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, BaseModel } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { accessToNew, ask } from './check.ts';
import { openAccess } from './rows.ts';

const best = (a: BaseModel, b: BaseModel) =>
	Number(b.recommended) - Number(a.recommended) || a.name.localeCompare(b.name);

const shown = (model: BaseModel): ListedModel => ({
	id: model.id,
	name: model.name,
	trainable: model.trainable,
	servable: model.servable,
	contextTokens: model.contextTokens,
	trainingCentsPerMillion: model.trainingCentsPerMillion,
	priceNote: model.priceNote ?? null,
	promptCentsPerMillion: model.answerPrice?.prompt ?? null,
	completionCentsPerMillion: model.answerPrice?.completion ?? null,
	recommended: model.recommended,
	until: model.until ?? null
});

const modelsAt = async (access: Access): Promise<ListedModel[]> => {
	try {
		return [...(await providers[access.provider].models(access))].sort(best).map(shown);
	} catch (problem) {
		if (problem instanceof ProviderError) throw new AppError('conflict', problem.message);
		throw problem;
	}
};

/** Lists are asked for while somebody chooses; five minutes spare the provider and are fresh enough. */
const keptForMs = 5 * 60_000;
const kept = new Map<string, { until: number; models: ListedModel[] }>();

/** What a connection's provider offers, recommended models first. Throws *conflict* with its reason when it does not answer. */
export const modelsOf = async (scope: Scope, connectionId: string): Promise<ListedModel[]> => {
	const access = await scope.tx((tx) => openAccess(tx, connectionId));
	// with another key comes another list, and with other prices, in every process
	const mark = sha256(JSON.stringify([access.key, access.prices])).toString('base64');
	const place = `${scope.teamId}|${connectionId}|${mark}`;
	const known = kept.get(place);
	if (known && known.until > Date.now()) return known.models;
	const models = await modelsAt(access);
	if (kept.size >= 200) kept.delete(kept.keys().next().value!);
	kept.set(place, { until: Date.now() + keptForMs, models });
	return models;
};

/**
 * What the provider offers, recommended models first, then by name; at most five minutes old. When the provider does not
 * answer, *conflict* with its reason.
 */
export const listModels = query(ListModels, (scope, { connectionId }) => modelsOf(scope, connectionId));

/** The same for every connection of the team; one that does not answer says why, and hides none of the others. */
export const listEveryModel = query(ListEveryModel, async (scope) => {
	const known = await scope.tx((tx) =>
		tx.select({ id: connections.id, name: connections.name }).from(connections).orderBy(connections.createdAt)
	);
	return Promise.all(
		known.map(async ({ id, name }) => {
			const place = { connectionId: id, connection: name };
			try {
				return { ...place, models: await modelsOf(scope, id), problem: null };
			} catch (problem) {
				if (!(problem instanceof AppError)) throw problem;
				return { ...place, models: [], problem: problem.message };
			}
		})
	);
});

/** What a key that is not kept yet opens: the provider's word on it, and the models, none of a refused one. */
export const listModelsOfNew = query(ListModelsOfNew, async (scope, input) => {
	const access = await accessToNew(scope, input);
	const { check } = await ask(access);
	return { check, models: check.ok ? await modelsAt(access) : [] };
});
