import { sql } from 'drizzle-orm';
import { type Scope, type Tx, goingOn } from './scope.ts';

/** Whoever carries a request out holds it for so long, and says so again before that is over. */
const holdSeconds = 30;

export type Answered = { status: number; answer: string };
/** `fileHash`: SHA-256 of the file that came with it. */
type Kept = Answered & { fileHash?: Buffer | null };
type Claim =
	| ({ outcome: 'answered' } & Kept)
	| { outcome: 'running' }
	| { outcome: 'other' }
	| { outcome: 'lost' }
	| { outcome: 'claimed'; named: Named };

/** A request that this process carries out, under the name its sender gave it. */
export type Named = {
	/**
	 * The scope that says of its transactions, in themselves, that they have acted. `answerOf`: what the request will be answered, if
	 * what a transaction gives is that already; a process that is killed after it has then lost nothing.
	 */
	scope: <S extends Scope>(scope: S, answerOf: (result: unknown) => Answered | null) => S;
	/** What it was answered, for whoever asks again. */
	settle: (answered: Kept) => Promise<void>;
	/** It has come to nothing and may be asked again. */
	leave: () => Promise<void>;
};

const act = (tx: Tx, name: string, { status, answer, fileHash }: Partial<Kept>) =>
	tx.execute(
		sql`select act_request(${name}, ${status ?? null}::int, ${answer ?? null}::text, ${fileHash ?? null}::bytea)`
	);

/** Claims a named request of the acting key. `fingerprint`: SHA-256 of what was asked. */
export const claimRequest = async (scope: Scope, name: string, fingerprint: Buffer): Promise<Claim> => {
	const [row] = await scope.tx((tx) =>
		tx.execute<{ outcome: Claim['outcome']; status: number; answer: string; file_hash: Buffer | null }>(
			sql`select * from claim_request(${name}, ${fingerprint}, ${holdSeconds})`
		)
	);
	const { outcome, status, answer, file_hash: fileHash } = row!;
	if (outcome === 'answered') return { outcome, status, answer, fileHash };
	if (outcome !== 'claimed') return { outcome };
	const hold = setInterval(
		() => void scope.tx((tx) => tx.execute(sql`select hold_request(${name}, ${holdSeconds})`)).catch(() => {}), // the next one says it
		(holdSeconds * 1000) / 3
	);
	hold.unref();
	const over = () => clearInterval(hold);
	return {
		outcome,
		named: {
			scope: (acting, answerOf) => ({
				...acting,
				tx: (work) =>
					acting.tx(async (tx) => {
						const result = await work(goingOn(tx));
						if (tx.events.length > 0) await act(tx, name, answerOf(result) ?? {});
						return result;
					})
			}),
			settle: async (answered) => {
				over();
				await scope.tx((tx) => act(tx, name, answered));
			},
			leave: async () => {
				over();
				await scope.tx((tx) => tx.execute(sql`select leave_request(${name})`));
			}
		}
	};
};
