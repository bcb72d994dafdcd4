import type { NewConnection } from '../../core/connections/connection.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { accessToNew, openAccess } from './connections.ts';
import { sha256 } from '../platform/crypto.ts';
import { providers } from '../providers/registry.ts';
import type { Access, BaseModel } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Scope } from '../access/scope.ts';

const best = (a: BaseModel, b: BaseModel) =>
	Number(b.recommended) - Number(a.recommended) || a.name.localeCompare(b.name);

const ask = async (access: Access): Promise<BaseModel[]> => {
	try {
		return [...(await providers[access.provider].models(access))].sort(best);
	} catch (problem) {
		if (problem instanceof ProviderError) throw new AppError('conflict', problem.message);
		throw problem;
	}
};

/** Lists are asked for while somebody chooses; five minutes spare the provider and are fresh enough. */
const keptForMs = 5 * 60_000;
const kept = new Map<string, { until: number; models: BaseModel[] }>();

/**
 * What the provider offers, recommended models first, then by name; at most five minutes old. When the provider does not
 * answer, *conflict* with its reason.
 */
export const listModels = async (scope: Scope, connectionId: string): Promise<BaseModel[]> => {
	authorize(scope, 'connections:see');
	const access = await scope.tx((tx) => openAccess(tx, connectionId));
	// with another key comes another list, in every process
	const place = `${scope.teamId}|${connectionId}|${sha256(access.key).toString('base64')}`;
	const known = kept.get(place);
	if (known && known.until > Date.now()) return known.models;
	const models = await ask(access);
	if (kept.size >= 200) kept.delete(kept.keys().next().value!);
	kept.set(place, { until: Date.now() + keptForMs, models });
	return models;
};

/** The models behind a key that is not kept yet. */
export const listModelsOfNew = async (scope: Scope, input: NewConnection): Promise<BaseModel[]> =>
	ask(await accessToNew(scope, input));
