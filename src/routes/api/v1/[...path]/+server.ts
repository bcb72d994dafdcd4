import { answerRest } from '$lib/server/http/rest/rest';

/** The REST API: contract/rest says what is there. */
export const fallback = answerRest;
