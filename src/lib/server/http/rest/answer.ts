import type { Download } from '../../../contract/fields.ts';
import { holdsMoney, inMicros } from '../../../contract/micros.ts';
import type { Operation } from '../../../contract/operation.ts';
import type { RestRow } from '../../../contract/rest.ts';
import { type AppError } from '../../../core/errors.ts';
import { sha256 } from '../../platform/crypto.ts';
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

const withMoney = new Map<Operation, boolean>();

const moneyIn = (operation: Operation): boolean => {
	if (!withMoney.has(operation)) withMoney.set(operation, holdsMoney(operation.output));
	return withMoney.get(operation)!;
};

/** What an operation gave, as the body: a list has its rows in `data` and the way on in `next`. */
export const bodyOf = ({ operation, paged }: RestRow, projectId: string, output: unknown): unknown => {
	if (output === undefined) return null;
	const said = moneyIn(operation) ? inMicros : (value: unknown) => value;
	if (!paged) return said(output);
	const { [paged.rows]: data, [paged.next]: place } = output as Record<string, unknown>;
	const next = place === null ? null : cursorFor({ list: operation.name, in: projectId, place: place as number });
	return { data: said(data), next };
};

export const isDownload = (output: unknown): output is Download =>
	typeof output === 'object' && output !== null && 'pieces' in output;

/** What a body is known by: equal bytes have an equal tag. */
export const tagOf = (text: string): string => `"${sha256(text).toString('base64url').slice(0, 27)}"`;

/** Answers what was looked at, with its tag; nothing but that where whoever asks has the same already (`If-None-Match`). */
export const lookedAt = (body: unknown, known: string | null): Response => {
	const text = JSON.stringify(body);
	const etag = tagOf(text);
	if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
		return new Response(null, { status: 304, headers: { etag } });
	return new Response(text, { headers: { 'content-type': 'application/json', etag } });
};
