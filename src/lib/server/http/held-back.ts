import { networkOf } from '../access/limits.ts';

/** How many live streams may be opened: so many at once after a quiet time, and then so many a second. */
type Rate = { most: number; perSecond: number };

/** All windows of one browser: those of a person who comes back from a pause, and one that goes through pages quickly. */
const ofSession: Rate = { most: 120, perSecond: 2 };
/** Everybody behind one address: an office whose thousand pages come back after a restart. */
const ofNetwork: Rate = { most: 2_000, perSecond: 50 };

/** What is known of more than this is looked through, and what has been quiet is forgotten. */
const mostKept = 10_000;

/** In this process, and without a question to the database: what holds a loop back must cost less than what the loop asks for. */
export const bucketsOf = ({ most, perSecond }: Rate) => {
	const buckets = new Map<string, { left: number; at: number }>();
	const leftOf = (bucket: { left: number; at: number }, now: number) =>
		Math.min(most, bucket.left + ((now - bucket.at) / 1000) * perSecond);
	const forgetQuiet = (now: number) => {
		for (const [key, bucket] of buckets) if (leftOf(bucket, now) >= most) buckets.delete(key);
		// nobody has so many sessions that are busy, but for somebody who invents them
		if (buckets.size >= mostKept) buckets.clear();
	};
	return {
		/** After how many seconds there is one, and 0 when there is. Nothing is taken, and nothing kept. */
		wait: (key: string, now: number): number => {
			const known = buckets.get(key);
			return known ? Math.max(0, 1 - leftOf(known, now)) / perSecond : 0;
		},
		/** Takes one, and says 0; or after how many seconds there is one. */
		take: (key: string, now: number): number => {
			const known = buckets.get(key);
			if (!known && buckets.size >= mostKept) forgetQuiet(now);
			const left = known ? leftOf(known, now) : most;
			const isThere = left >= 1;
			buckets.set(key, { left: isThere ? left - 1 : left, at: now });
			return isThere ? 0 : (1 - left) / perSecond;
		},
		size: () => buckets.size
	};
};

/**
 * Who opens live streams in a loop waits so many seconds; 0: come in. `session`: of the cookie, whether it is one or not. A browser that is
 * held back takes nothing from the others at its address; and of an address that is held back no session is kept, since they may be invented.
 */
export const holdingBack = (sessions: ReturnType<typeof bucketsOf>, networks: ReturnType<typeof bucketsOf>) => {
	const waitFor = (session: string | null, network: string, now: number) =>
		networks.wait(network, now) || (session !== null && sessions.take(session, now)) || networks.take(network, now);
	return (session: string | null, address: string, now = performance.now()): number =>
		Math.ceil(waitFor(session, networkOf(address), now));
};

export const secondsHeldBack = holdingBack(bucketsOf(ofSession), bucketsOf(ofNetwork));
