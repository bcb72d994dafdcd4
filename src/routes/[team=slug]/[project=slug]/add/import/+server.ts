import { linesOfFile } from '$lib/core/examples/import/file-lines';
import { importExamples } from '$lib/server/examples/commands';
import { upload } from '$lib/server/http/upload';
import type { RequestHandler } from './$types';

/** The raw file as the body, up to 1 GB, imported while it arrives. Answers the ImportResult. `keepTwins` in the address keeps them. */
export const POST: RequestHandler = upload(({ locals, url }, { name, pieces }) =>
	importExamples(locals.project, {
		fileName: name,
		lines: linesOfFile(pieces),
		keepTwins: url.searchParams.has('keepTwins')
	})
);
