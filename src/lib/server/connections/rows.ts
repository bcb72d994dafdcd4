// A connection's key is sealed and opened in this file and nowhere else.
import { eq } from 'drizzle-orm';
import type { ShownPrice } from '../../contract/connections.ts';
import { providerFacts } from '../../contract/providers.ts';
import { keyHint } from '../../core/connections/connection.ts';
import type { EnteredPrices } from '../../core/connections/prices.ts';
import { AppError } from '../../core/errors.ts';
import type { Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { open, seal } from '../platform/crypto.ts';
import { connections } from '../platform/db/schema.ts';
import type { Access } from '../providers/provider.ts';

type Row = typeof connections.$inferSelect;
type Place = Pick<Row, 'teamId' | 'id'>;

/** A sealed key opens only in the row it was sealed for. */
const bound = ({ teamId, id }: Place) => `${teamId}|connection|${id}`;

/** The columns that keep a key. */
export const sealedFor = (place: Place, key: string) =>
	key === ''
		? { sealedKey: null, keyHint: null }
		: { sealedKey: seal(config().keks, key, bound(place)), keyHint: keyHint(key) || null };

/**
 * The sandbox stands on this machine, where no address of a person's own may lead, and knows its customers by their key:
 * without one of their own, a team has the one that is made of its id.
 */
export const accessTo = (
	to: Pick<Row, 'provider' | 'baseUrl' | 'teamId'> & Partial<Pick<Row, 'prices'>>,
	key: string
): Access => {
	if (to.provider !== 'sandbox')
		return {
			provider: to.provider,
			key,
			...(to.baseUrl && { baseUrl: to.baseUrl }),
			...(to.prices && { prices: to.prices })
		};
	const baseUrl = to.baseUrl ?? config().sandboxUrl;
	if (!baseUrl) throw new AppError('conflict', 'This server has no sandbox. Choose another connection.');
	return { provider: 'sandbox', key: key || `sandbox-${to.teamId}`, baseUrl };
};

/** A step: the connection with this id. Throws *not found*. */
export const connectionOf = async (tx: Tx, id: string, { lock = false } = {}): Promise<Row> => {
	const query = tx.select().from(connections).where(eq(connections.id, id));
	const [row] = await (lock ? query.for('update') : query);
	if (!row) throw new AppError('not_found', 'There is no such connection.');
	return row;
};

export const accessOf = (row: Row) =>
	accessTo(row, row.sealedKey ? open(config().keks, row.sealedKey, bound(row)) : '');

/** A step: what a provider call needs, with the key in the clear. Keep it inside the call: never store, log or return it. */
export const openAccess = async (tx: Tx, connectionId: string): Promise<Access> =>
	accessOf(await connectionOf(tx, connectionId));

/** What was entered, by the name of the model. */
export const shownPrices = (prices: EnteredPrices): ShownPrice[] =>
	Object.entries(prices)
		.map(([model, { training, prompt, completion, on }]) => ({
			model,
			trainingCentsPerMillion: training,
			promptCentsPerMillion: prompt,
			completionCentsPerMillion: completion,
			enteredOn: on
		}))
		.sort((a, b) => a.model.localeCompare(b.model));

/** The providers a connection can be made to. The sandbox is only there where one runs. */
export const offeredProviders = () =>
	(Object.keys(providerFacts) as (keyof typeof providerFacts)[])
		.filter((id) => id !== 'sandbox' || config().sandboxUrl)
		.map((id) => ({ id, name: providerFacts[id].name, note: providerFacts[id].note }));
