import { plainPool } from './db/pools.ts';
import { isStopping } from './house.ts';

/** Whether this process can serve: it is not stopping, and the database answers within two seconds. */
export const isReady = async (patienceMs = 2_000): Promise<boolean> => {
	if (isStopping()) return false;
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<false>((done) => (timer = setTimeout(() => done(false), patienceMs)));
	const answer = plainPool()`select 1`.then(
		() => true,
		() => false
	);
	return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
};
