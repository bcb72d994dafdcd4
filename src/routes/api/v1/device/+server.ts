import { beginDevice } from '$lib/server/access/device';
import { openPost } from '$lib/server/http/rest/open';

/** A program asks for a personal token. */
export const POST = openPost(beginDevice);
