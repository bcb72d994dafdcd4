import { json } from '@sveltejs/kit';
import type { Download } from '../../../contract/fields.ts';
import type { RestRow } from '../../../contract/rest.ts';
import { type AppError } from '../../../core/errors.ts';
import { cursorFor } from './cursor.ts';

export const docs = (origin: string, code: string) => `${origin}/docs/api/errors#${code}`;

/** The one shape of a refusal. `request_id` names the line in our log. */
export const refusalBody = (
	problem: Pick<AppError, 'code' | 'message' | 'field'> | { code: string; message: string; field?: undefined },
	{ origin, requestId }: { origin: string; requestId: string }
) => ({
	error: {
		code: problem.code,
		message: problem.message,
		...(problem.field !== undefined && { field: problem.field }),
		doc_url: docs(origin, problem.code),
		request_id: requestId
	}
});

/** What an operation gave, as the body: a list has its rows in `data` and the way on in `next`. */
export const bodyOf = ({ operation, paged }: RestRow, projectId: string, output: unknown): unknown => {
	if (output === undefined) return null;
	if (!paged) return output;
	const { [paged.rows]: data, [paged.next]: place } = output as Record<string, unknown>;
	const next = place === null ? null : cursorFor({ list: operation.name, in: projectId, place: place as number });
	return { data, next };
};

export const isDownload = (output: unknown): output is Download =>
	typeof output === 'object' && output !== null && 'pieces' in output;

export const answerOf = (row: RestRow, body: unknown) => json(body, { status: row.status ?? 200 });
