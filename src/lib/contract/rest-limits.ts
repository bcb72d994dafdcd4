/** A bucket of requests: it holds `most`, and fills within `perSeconds`. */
export type RestLimit = { most: number; perSeconds: number };

/** What a server gives each key when nobody says otherwise (`API_REQUESTS_PER_MINUTE`). */
export const requestsPerMinute = 600;

/** Of one key: as many a minute as the server is set to. */
export const keyLimit = (perMinute: number): RestLimit => ({ most: perMinute, perSeconds: 60 });

/** Of one network that comes without a key that works. */
export const strangerLimit: RestLimit = { most: 60, perSeconds: 60 };
