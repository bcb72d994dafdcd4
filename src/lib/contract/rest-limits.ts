/** A bucket of requests: it holds `most`, and fills within `perSeconds`. */
export type RestLimit = { most: number; perSeconds: number };

/** Of one key: as many a minute as the server is set to (`API_REQUESTS_PER_MINUTE`). */
export const keyLimit = (perMinute: number): RestLimit => ({ most: perMinute, perSeconds: 60 });

/** Of one network that comes without a key that works. */
export const strangerLimit: RestLimit = { most: 60, perSeconds: 60 };
