/** A bucket of requests: it holds `most`, and fills within `perSeconds`. */
export type RestLimit = { most: number; perSeconds: number };

export const restLimits = {
	/** Of one key. */
	key: { most: 600, perSeconds: 60 },
	/** Of one network that comes without a key that works. */
	stranger: { most: 60, perSeconds: 60 }
} satisfies Record<string, RestLimit>;
