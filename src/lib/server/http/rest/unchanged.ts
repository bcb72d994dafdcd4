import { eq } from 'drizzle-orm';
import { type RestRow, stateRowOf } from '../../../contract/rest.ts';
import { AppError } from '../../../core/errors.ts';
import { type ProjectScope, type Scope, type Tx, goingOn } from '../../access/scope.ts';
import { evaluations, examples, runs, webhookEndpoints } from '../../platform/db/schema.ts';
import { bodyOf, tagOf } from './answer.ts';
import { restInput } from './input.ts';
import type { UseCases } from './use-cases.ts';

/** What stands at an address, by the name of its place in the path. */
const tables = { exampleId: examples, runId: runs, evaluationId: evaluations, webhookId: webhookEndpoints } as const;

/** Nobody changes it before this transaction ends. */
const hold = async (tx: Tx, { path }: RestRow, params: Record<string, string>) => {
	const [name] = Object.keys(tables).filter((each) => path.endsWith(`{${each}}`)) as (keyof typeof tables)[];
	if (!name) return;
	const table = tables[name];
	await tx.select({ id: table.id }).from(table).where(eq(table.id, params[name]!)).for('no key update');
};

/**
 * The scope whose first transaction begins by asking whether what the request changes is still in the state that it names
 * (`If-Match`), and holds it. Throws *changed* where somebody else was there first, and *invalid* where nothing could be named.
 */
export const ifUnchanged = async <S extends Scope | ProjectScope>(
	scope: S,
	row: RestRow,
	{ request, params, useCases }: { request: Request; params: Record<string, string>; useCases: UseCases }
): Promise<S> => {
	const wanted = request.headers.get('if-match');
	if (wanted === null) return scope;
	const state = stateRowOf(row);
	if (!state) throw new AppError('invalid', 'There is nothing here that If-Match could name.', 'If-Match');
	const input = await restInput(state, new Request(request.url), new URLSearchParams(), params);
	const projectId = 'project' in scope ? scope.project.id : '';
	const look = useCases.get(state.operation.name)!;
	const assertSame = async (tx: Tx) => {
		await hold(tx, state, params);
		const part = goingOn(tx);
		const here = (work: (tx: Tx) => unknown) => work(part);
		const inside = { ...scope, tx: here, look: here, glance: here };
		const now = tagOf(JSON.stringify(bodyOf(state, projectId, await look(inside as never, input as never))));
		// a tag names the state, in whichever coding it was sent (compress.ts)
		if (wanted.trim() !== '*' && !wanted.split(',').some((tag) => tag.trim().replace(/^W\//, '') === now))
			throw new AppError('changed', 'This has changed since you read it. Read it again, then decide.', 'If-Match');
	};
	let asked = false;
	return {
		...scope,
		tx: (work) =>
			scope.tx(async (tx) => {
				if (!asked) await assertSame(tx);
				asked = true;
				return work(tx);
			})
	};
};
