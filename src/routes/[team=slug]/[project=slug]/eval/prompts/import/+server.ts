import { linesOfFile } from '$lib/core/examples/import/file-lines';
import { upload } from '$lib/server/http/upload';
import { importPrompts } from '$lib/server/prompts/commands';
import type { RequestHandler } from './$types';

/** The raw file as the body, read while it arrives: prompts that are new come in. */
export const POST: RequestHandler = upload(({ locals }, { name, pieces }) =>
	importPrompts(locals.project, { fileName: name, lines: linesOfFile(pieces) })
);
