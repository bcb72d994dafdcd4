import type { RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { mediaTypeOf } from '../../../contract/fields.ts';
import { type RestRow, ownPlaces } from '../../../contract/rest.ts';
import { linesOfFile } from '../../../core/examples/import/file-lines.ts';
import { AppError } from '../../../core/errors.ts';
import type { Holder } from '../../access/entrance.ts';
import { type ProjectScope, type Scope, noProject } from '../../access/scope.ts';
import { download } from '../download.ts';
import { whileWelcome } from '../recheck.ts';
import { upload } from '../upload.ts';
import { bodyOf, isDownload, lookedAt } from './answer.ts';
import { answering, refused } from './answering.ts';
import { placeOf } from './cursor.ts';
import { enter, enterAndLook } from './enter.ts';
import { assertNoKey, besideFile, restInput } from './input.ts';
import { once } from './once.ts';
import { findRow } from './route.ts';
import { sentFile } from './sent-file.ts';
import { ifUnchanged } from './unchanged.ts';
import type { UseCases } from './use-cases.ts';

const base = '/api/v1';

type Wanted = ReturnType<typeof findRow>;

/** Throws *not found*, and *wrong method*, for which the headers name those there are. */
const rowOf = (found: Wanted, headers: Headers) => {
	if ('row' in found) return found;
	if (found.allow.length === 0)
		throw new AppError('not_found', 'There is nothing at this address. The reference has the addresses there are.');
	headers.set('allow', [...new Set(found.allow)].join(', '));
	throw new AppError('wrong_method', `This address takes ${found.allow.join(' and ')} only.`);
};

/** The query with the place that a cursor names. */
const placed = ({ operation, paged }: RestRow, projectId: string, query: URLSearchParams): URLSearchParams => {
	if (!paged) return query;
	const own = ownPlaces.find((name) => query.has(name));
	if (own) throw new AppError('invalid', `There is no field “${own}” here. Lists go on by “cursor”.`, own);
	const moved = new URLSearchParams(query);
	const cursor = moved.get('cursor');
	moved.delete('cursor');
	if (cursor !== null) moved.set(paged.place, String(placeOf(cursor, { list: operation.name, in: projectId })));
	return moved;
};

const answered = (event: RequestEvent, row: RestRow, projectId: string, output: unknown): Response => {
	if (!isDownload(output)) return lookedAt(bodyOf(row, projectId, output), event.request.headers.get('if-none-match'));
	// one that comes in several forms says by its name which it is
	const types = (mediaTypeOf(row.operation.output) ?? 'application/octet-stream').split(', ');
	const type = types.find((one) => output.name.endsWith(`.${one.split('/')[1]}`)) ?? types[0]!;
	return download({ ...output, pieces: whileWelcome(event, output.pieces) }, type);
};

/** Encoded once more by every hand it went through. */
const mostEncodings = 4;

/** An address as it came and as it was meant, encoded however often; what is no encoding stands for itself. */
const meant = (address: string): string[] => {
	const forms = [address];
	try {
		while (forms.length <= mostEncodings && forms.at(-1) !== forms.at(-2))
			forms.push(decodeURIComponent(forms.at(-1)!));
	} catch {
		// the last one is no encoding of anything
	}
	return forms;
};

/** Throws *exposed key* where one stands in the address, or in a header that is kept. */
const assertNoKeyIn = ({ url, request }: RequestEvent): void => {
	const kept = ['idempotency-key', 'x-file-name', 'if-match'].map((name) => request.headers.get(name) ?? '');
	assertNoKey([...meant(url.pathname + url.search), ...kept.flatMap(meant)].join('\n'));
};

/** Lets the operation of the request do it, and answers. */
const carryOut = async (
	event: RequestEvent,
	headers: Headers,
	found: Wanted,
	{ scope: own, project }: Omit<Holder, 'requests'>,
	useCases: UseCases
): Promise<Response> => {
	assertNoKeyIn(event);
	event.locals.scope = own;
	const { row, params } = rowOf(found, headers);
	if (row.operation.within === 'project' && !project) throw noProject();
	const scope: Scope | ProjectScope = project ? { ...own, project } : own;
	const projectId = project?.id ?? '';
	const useCase = useCases.get(row.operation.name)!;
	const run = (acting: typeof scope, input: Record<string, unknown>) => useCase(acting, input as never);
	if (row.takesFile) {
		const beside = besideFile(row, event.url.searchParams);
		const said = [
			...['x-file-name', 'content-length'].map((name) => event.request.headers.get(name)),
			...Object.entries(beside)
		];
		// what an import has brought it brings no second time, so that one which broke off may be sent again under its name
		const file = sentFile(event);
		return once(event, scope, { said, file, mediaType: 'application/json', headers }, () => {
			const take = upload(
				(_, { name, pieces }) => run(scope, { ...beside, fileName: name, lines: linesOfFile(file.through(pieces)) }),
				{
					status: row.status,
					refuse: (_, problem) => refused(event, headers, problem)
				}
			);
			return take(event);
		});
	}
	const input = await restInput(row, event.request, placed(row, projectId, event.url.searchParams), params);
	if (row.method === 'GET') return answered(event, row, projectId, await run(scope, input));
	const status = row.status ?? 200;
	const said = (output: unknown) => ({ status, answer: JSON.stringify(bodyOf(row, projectId, output)) });
	const isOutput = (result: unknown) => v.is(row.operation.output, result);
	const mediaType = mediaTypeOf(row.operation.output) ?? 'application/json';
	return once(event, scope, { said: input, mediaType, headers }, async (witnessed) => {
		const held = await ifUnchanged(scope, row, { request: event.request, params, useCases });
		const output = await run(
			witnessed(held, (result) => (!isDownload(result) && isOutput(result) ? said(result) : null)),
			input
		);
		if (isDownload(output)) return answered(event, row, projectId, output);
		const { answer } = said(output);
		return new Response(answer, { status, headers: { 'content-type': 'application/json' } });
	});
};

/** Finds out who has sent the request, and carries it out. Throws *unauthenticated* and *rate limited*. */
const taken = async (event: RequestEvent, headers: Headers, useCases: UseCases): Promise<Response> => {
	const found = findRow(event.request.method, event.url.pathname.slice(base.length));
	const row = 'row' in found ? found.row : null;
	const projectSlug = 'row' in found ? (found.params.project ?? null) : null;
	const carry = (holder: Omit<Holder, 'requests'>) => carryOut(event, headers, found, holder, useCases);
	if (row?.method === 'GET' && row.operation.kind === 'query') return enterAndLook(event, headers, projectSlug, carry);
	return carry(await enter(event, headers, projectSlug));
};

/** Everything below /api/v1: one handler over the table of contract/rest. */
export const rest = (useCases: UseCases) => answering((event, headers) => taken(event, headers, useCases));
