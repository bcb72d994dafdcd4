import { rest } from '$lib/server/http/rest/rest';
import { useCases } from './use-cases';

/** The REST API: contract/rest says what is there. */
export const fallback = rest(useCases);
