import { RewriteExample, UndoRewrite } from '$lib/contract/ratings';
import { endpoint } from '$lib/server/http/endpoint';
import { rewriteExample, undoRewrite } from '$lib/server/ratings/commands';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = endpoint(RewriteExample, ({ locals }, input) =>
	rewriteExample(locals.project, input)
);

export const DELETE: RequestHandler = endpoint(UndoRewrite, ({ locals }, input) => undoRewrite(locals.project, input));
