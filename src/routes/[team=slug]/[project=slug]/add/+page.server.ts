import { fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError } from '$lib/core/errors';
import { NewExample } from '$lib/core/examples/example';
import { authorize } from '$lib/core/permissions';
import { SampleRequest } from '$lib/core/examples/samples';
import { addExample, findTwin } from '$lib/server/examples/add';
import { importSample } from '$lib/server/examples/samples';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

const Tab = v.object({ tab: v.fallback(v.optional(v.picklist(['write', 'import', 'paste']), 'write'), 'write') });

export const load = page(Tab, ({ locals }, { tab }) => {
	authorize(locals.scope, 'examples:add');
	return { tab };
}) satisfies PageServerLoad;

export const actions = {
	write: form(NewExample, async ({ locals, params }, input) => {
		try {
			return { added: await addExample(locals.scope, params.project, input) };
		} catch (problem) {
			if (!(problem instanceof AppError && problem.code === 'conflict')) throw problem;
			return fail(409, { twin: await findTwin(locals.scope, params.project, input) });
		}
	}),
	sample: form(SampleRequest, async ({ locals, params }, input) => ({
		imported: await importSample(locals.scope, params.project, input)
	}))
} satisfies Actions;
