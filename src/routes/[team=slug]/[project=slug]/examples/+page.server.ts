import * as v from 'valibot';
import { AppError } from '$lib/core/errors';
import { ExampleFilter } from '$lib/core/examples/filter';
import { Id } from '$lib/core/id';
import { may } from '$lib/core/permissions';
import { splits } from '$lib/core/splits/plan';
import { countExamples, getExample, listExamples } from '$lib/server/examples/browse';
import { deleteExamples, restoreExamples } from '$lib/server/examples/delete';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { moveExamples } from '$lib/server/splits/splits';
import type { Actions, PageServerLoad } from './$types';

const Address = v.object({
	...ExampleFilter.entries,
	/** The one that is open beside the list. */
	selected: v.fallback(v.optional(Id('The example')), undefined)
});
const Chosen = v.object({
	ids: v.pipe(
		v.string('Choose at least one example'),
		v.transform((text) => text.split(',')),
		v.array(Id('An example')),
		v.maxLength(1000, 'At most 1000 examples at once')
	)
});
const Move = v.object({ ...Chosen.entries, side: v.picklist(splits, 'Choose train, validation or unassigned') });

/** A link may be older than the example. */
const orNone = (problem: unknown) => {
	if (problem instanceof AppError && problem.code === 'not_found') return null;
	throw problem;
};

export const load = page(Address, async (event, { selected, ...filter }) => {
	const { scope } = event.locals;
	const { project } = await event.parent();
	event.depends(`aitelier:project:${project.id}`);
	const counts = countExamples(scope, project.slug);
	counts.catch(() => {}); // sent after the list; until then nothing awaits it
	const [list, open] = await Promise.all([
		listExamples(scope, project.slug, filter),
		selected ? getExample(scope, project.slug, selected).catch(orNone) : null
	]);
	const rights = { edit: may(scope.role, 'examples:delete'), seeSplit: scope.role !== 'rater' };
	return { list, open, counts, filter, rights };
}) satisfies PageServerLoad;

export const actions = {
	delete: form(Chosen, ({ locals, params }, { ids }) => deleteExamples(locals.scope, params.project, ids)),
	restore: form(Chosen, ({ locals, params }, { ids }) => restoreExamples(locals.scope, params.project, ids)),
	move: form(Move, ({ locals, params }, input) => moveExamples(locals.scope, params.project, input))
} satisfies Actions;
