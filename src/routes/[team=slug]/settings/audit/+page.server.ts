import { ListAudit } from '$lib/contract/audit';
import { listAudit } from '$lib/server/activity/audit';
import { page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

export const load = page(ListAudit, async ({ locals }, input) => ({
	about: input.about ?? null,
	isFirst: input.before === undefined,
	...(await listAudit(locals.scope, input))
})) satisfies PageServerLoad;
