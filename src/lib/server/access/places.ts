import { randomInt } from 'node:crypto';
import { plainPool } from '../platform/db/pools.ts';

export type Place = {
	/** Which of them it is, from 1. */
	number: number;
	leave: () => Promise<void>;
};

/**
 * One of `most` places of this key, to be left when the work is done; null when all are taken, by however many processes. Held
 * by a lease that is renewed while the process lives: one that dies frees its places after `leaseSeconds`.
 */
export const takePlace = async (key: string, most: number, leaseSeconds = 60): Promise<Place | null> => {
	const holder = randomInt(1, 2 ** 31 - 1); // a lease that ran out and went to another is not renewed, nor ended, by us
	for (let number = 1; number <= most; number++) {
		const place = `${key}:${number}`;
		const [row] = await plainPool()`select take_place(${place}, ${holder}, ${leaseSeconds}) as taken`;
		if (row!.taken) return { number, leave: held(place, holder, leaseSeconds) };
	}
	return null;
};

/** Renews the lease until the place is left. A renewal that fails is tried again; a leave that fails lets the lease run out. */
const held = (place: string, holder: number, leaseSeconds: number) => {
	const renew = () => plainPool()`select hold_place(${place}, ${holder}, ${leaseSeconds})`;
	const timer = setInterval(() => void renew().catch(() => {}), (leaseSeconds * 1000) / 3).unref();
	return async () => {
		clearInterval(timer);
		await plainPool()`select leave_place(${place}, ${holder})`.catch(() => {});
	};
};
