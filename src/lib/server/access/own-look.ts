import type postgres from 'postgres';
import { AppError } from '../../core/errors.ts';
import { plainPool } from '../platform/db/pools.ts';
import type { SignedIn } from './signed-in.ts';

/** Where a person's own is asked: in the transaction that is open for it, or by itself. */
export const asking = ({ sql }: Pick<SignedIn, 'sql'>): postgres.ISql => sql ?? plainPool();

/**
 * Several looks of a person outside any team in one transaction, for one page. It commits a refusal, too: a try that was counted stays
 * counted.
 */
export const togetherOwn = async <T>(self: SignedIn, work: (self: SignedIn) => Promise<T>): Promise<T> => {
	const outcome = await plainPool().begin((sql) =>
		work({ ...self, sql }).then(
			(found) => ({ found }),
			(refusal: unknown) => {
				if (refusal instanceof AppError) return { refusal };
				throw refusal;
			}
		)
	);
	if ('refusal' in outcome) throw outcome.refusal;
	return outcome.found;
};
