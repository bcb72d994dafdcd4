import { NewRewrite, UndoRewrite } from '$lib/core/ratings/scale';
import { endpoint } from '$lib/server/http/endpoint';
import { rewriteExample, undoRewrite } from '$lib/server/ratings/ratings';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = endpoint(NewRewrite, ({ locals, params }, input) =>
	rewriteExample(locals.scope, params.project, input)
);

export const DELETE: RequestHandler = endpoint(UndoRewrite, ({ locals, params }, input) =>
	undoRewrite(locals.scope, params.project, input)
);
