import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { AddExample, ImportSample } from '$lib/contract/examples';
import { authorize } from '$lib/core/permissions';
import { addExample, importSample } from '$lib/server/examples/commands';
import { findTwin } from '$lib/server/examples/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

const Tab = v.object({ tab: v.fallback(v.optional(v.picklist(['write', 'import', 'paste']), 'write'), 'write') });

export const load = page(Tab, ({ locals }, { tab }) => {
	authorize(locals.project, AddExample.action); // it asks for nothing that would
	return { tab };
}) satisfies PageServerLoad;

export const actions = {
	write: form(AddExample, async ({ locals }, input) => {
		const twin = await findTwin(locals.project, input);
		const isKept = twin === null || (input.keepTwins && twin.is !== 'same');
		return isKept ? { added: await addExample(locals.project, input) } : fail(409, { twin });
	}),
	sample: form(ImportSample, async ({ locals }, input) => ({ imported: await importSample(locals.project, input) }))
} satisfies Actions;
