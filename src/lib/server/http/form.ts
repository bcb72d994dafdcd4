import { type RequestEvent, fail } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError, Unavailable } from '../../core/errors.ts';
import { sentFields } from './fields.ts';
import { formValues } from './form-values.ts';
import { type Asked, inputOf, schemaOf } from './input.ts';

type Schema = v.GenericSchema<unknown, unknown>;

export type Refusal = { values: Record<string, string>; problems: Record<string, string> };

const damaged = 'The form did not arrive whole. Send it again.';

/** Nobody reads more; a list of ten thousand wrong values has as many. */
const mostProblems = 100;

/** One sentence per field, the first that was found. */
const byField = (issues: readonly v.BaseIssue<unknown>[]) => {
	const problems: Record<string, string> = {};
	for (const issue of issues.slice(0, mostProblems)) problems[v.getDotPath(issue) ?? 'form'] ??= issue.message;
	return problems;
};

/** What was typed, to be shown again: no files, and nothing that looks like a key. Kit writes no object with a `__proto__`. */
const typed = (fields: FormData) =>
	Object.fromEntries(
		[...fields].filter(
			(entry): entry is [string, string] =>
				typeof entry[1] === 'string' && entry[0] !== '__proto__' && !/key|token|secret/i.test(entry[0])
		)
	);

/**
 * A form action: the fields as the operation's input, then one use case. What was typed is given back with the sentences, under
 * `problems[field]`, or `problems.form` for the whole.
 */
export const form =
	<S extends Schema, E extends RequestEvent, Out>(
		asked: Asked<S>,
		work: (event: E, input: v.InferOutput<S>) => Promise<Out> | Out
	) =>
	async (event: E) => {
		let sent: FormData | null = null;
		const refuse = (status: number, problems: Record<string, string>) =>
			fail<Refusal>(status, { values: sent ? typed(sent) : {}, problems });
		try {
			sent = await sentFields(event.request);
			// a body that is cut off, or is not what its type says
			if (!sent) return refuse(400, { form: damaged });
			const schema = schemaOf(asked);
			const input = inputOf(event, schema, formValues(schema as v.GenericSchema, sent));
			if (!input.success) return refuse(422, byField(input.issues));
			return await work(event, input.output);
		} catch (problem) {
			if (problem instanceof Unavailable) return refuse(problem.status, { form: problem.message });
			if (!(problem instanceof AppError)) throw problem;
			return refuse(problem.status, { [problem.field ?? 'form']: problem.message });
		}
	};
