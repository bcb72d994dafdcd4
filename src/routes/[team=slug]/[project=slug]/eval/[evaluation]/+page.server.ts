import { GetEvaluation, RetryGeneration } from '$lib/contract/evaluations';
import { InviteGuests, RestoreGuestLink, RevokeGuestLink } from '$lib/contract/guests';
import { may } from '$lib/core/permissions';
import { together } from '$lib/server/access/scope';
import { getEvaluation } from '$lib/server/evaluations/queries';
import { retryGeneration } from '$lib/server/evaluations/commands';
import { inviteGuests, listGuestLinks, restoreGuestLink, revokeGuestLink } from '$lib/server/evaluations/guest-links';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetEvaluation, async ({ locals, depends }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	return together(locals.project, async (scope) => {
		const evaluation = await getEvaluation(scope, input);
		// of a three-way votes are sent to the first, which stands for all
		if (evaluation.threeWay) depends(`aitelier:evaluation:${evaluation.threeWay}`);
		const isTheirs =
			evaluation.kind === 'comparison' && evaluation.status === 'voting' && may(scope.role, 'guests:invite');
		return {
			evaluation,
			guestLinks: isTheirs ? await listGuestLinks(scope, input) : null,
			crumb: `#${evaluation.number}`
		};
	});
}) satisfies PageServerLoad;

export const actions = {
	invite: form(InviteGuests, ({ locals }, input) => inviteGuests(locals.project, input)),
	revoke: form(RevokeGuestLink, ({ locals }, input) => revokeGuestLink(locals.project, input)),
	restore: form(RestoreGuestLink, ({ locals }, input) => restoreGuestLink(locals.project, input)),
	retry: form(RetryGeneration, ({ locals }, input) => retryGeneration(locals.project, input))
} satisfies Actions;
