import { reachEnteredBy } from './call.ts';
import { guardedFetch } from './safe-fetch.ts';

/**
 * Said once at the start: whether servers on this machine and this network may be called; never in production. All others are
 * reached on the public internet only, which is checked at every connection.
 */
export const configureProviders = ({ allowLocal }: { allowLocal: boolean }): void =>
	reachEnteredBy(guardedFetch({ allowLocal }));
