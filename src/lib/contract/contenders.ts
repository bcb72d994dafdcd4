import * as v from 'valibot';
import { Id } from './fields.ts';

const oneThing =
	'Name either a run whose base is meant (`baseOf`), or a connection and one of its models (`connectionId`, `model`)';

/** A contender that is no run's own model: the base that a run was tuned from, or any model of a connection. */
export const OtherModel = v.pipe(
	v.object({
		baseOf: v.optional(Id('The run whose base it is')),
		connectionId: v.optional(Id('The connection')),
		model: v.optional(
			v.pipe(
				v.string(),
				v.trim(),
				v.minLength(1, 'Choose a model'),
				v.maxLength(200, 'A model id has at most 200 characters')
			)
		)
	}),
	v.check(({ baseOf, connectionId, model }) => {
		const ofConnection = connectionId !== undefined && model !== undefined;
		return baseOf === undefined ? ofConnection : connectionId === undefined && model === undefined;
	}, oneThing)
);
export type OtherModel = v.InferOutput<typeof OtherModel>;

/** Who is judged: a run, or a model that is none. */
export const judged = { runId: v.optional(Id('The run to evaluate')), contender: v.optional(OtherModel) };

type Judged = { runId?: string | undefined; contender?: OtherModel | undefined };
/** Exactly one of both. */
export const isOne = ({ runId, contender }: Judged): boolean => (runId === undefined) !== (contender === undefined);
export const chooseOne = 'Choose the model to judge: a run (`runId`), or another model (`contender`)';
