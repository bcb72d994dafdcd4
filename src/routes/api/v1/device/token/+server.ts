import { takeToken } from '$lib/server/access/device';
import { openPost } from '$lib/server/http/rest/open';

/** It asks again, until its person has answered. */
export const POST = openPost(takeToken);
