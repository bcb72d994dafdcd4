import { NewRewrite, UndoRewrite } from '$lib/core/rating';
import { endpoint } from '$lib/server/http/endpoint';
import { rewriteExample, undoRewrite } from '$lib/server/ratings';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = endpoint(NewRewrite, ({ locals, params }, input) =>
	rewriteExample(locals.scope, params.project, input)
);

export const DELETE: RequestHandler = endpoint(UndoRewrite, ({ locals, params }, input) =>
	undoRewrite(locals.scope, params.project, input)
);
