import { sql } from 'drizzle-orm';
import type { NewConnection } from '../../contract/connections.ts';
import { providerFacts } from '../../contract/providers.ts';
import { AppError } from '../../core/errors.ts';
import type { Scope } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, ConnectionCheck } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { assertPublicUrl } from '../providers/safe-fetch.ts';
import { accessTo } from './rows.ts';

export type Answer = {
	check: ConnectionCheck;
	/** false: the provider was down, which says nothing about the key. */ sure: boolean;
};

/** Asks a provider whether it takes the key. Its refusal is an answer as well. */
export const ask = async (access: Access): Promise<Answer> => {
	try {
		return { check: await providers[access.provider].check(access), sure: true };
	} catch (problem) {
		// an address that may not be called is refused by the call itself
		if (!(problem instanceof ProviderError || problem instanceof AppError)) throw problem;
		return {
			check: { ok: false, reason: problem.message },
			sure: !(problem instanceof ProviderError && problem.retry)
		};
	}
};

/** The columns that keep an answer. */
export const told = ({ check, sure }: Answer) => ({
	checkedAt: sql`now()`,
	...(check.ok
		? { status: 'ok' as const, training: check.training, problem: check.note ?? null }
		: { ...(sure && { status: 'refused' as const }), problem: check.reason })
});

/** Only a server of one's own has an address; what is sent for the others is not used. */
export const addressOf = ({ provider, baseUrl }: NewConnection) =>
	providerFacts[provider].hasAddress ? baseUrl : null;

/** What a call needs for a connection that is only being typed. Throws *invalid* under `baseUrl` for a place we may not call. */
export const accessToNew = async ({ teamId }: Pick<Scope, 'teamId'>, input: NewConnection): Promise<Access> => {
	const baseUrl = addressOf(input);
	if (baseUrl) await assertPublicUrl(baseUrl, { allowLocal: config().allowLocalProviders });
	return accessTo({ provider: input.provider, baseUrl, teamId }, input.key);
};
