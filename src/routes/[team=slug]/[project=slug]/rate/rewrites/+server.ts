import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { NewRewrite } from '$lib/core/rating';
import { endpoint } from '$lib/server/http/endpoint';
import { rewriteExample, undoRewrite } from '$lib/server/ratings';
import type { RequestHandler } from './$types';

const Undo = v.object({ exampleId: Id('The example'), clientId: Id('The id of this undo') });

export const POST: RequestHandler = endpoint(NewRewrite, ({ locals, params }, input) =>
	rewriteExample(locals.scope, params.project, input)
);

export const DELETE: RequestHandler = endpoint(Undo, ({ locals, params }, input) =>
	undoRewrite(locals.scope, params.project, input)
);
