import * as v from 'valibot';
import { fewShotSizes } from '../core/evaluations/contender.ts';
import { Id, whole } from './fields.ts';

const oneThing =
	'Name either a run whose base is meant (`baseOf`), or a connection and one of its models (`connectionId`, `model`)';

const sizes = `A prompt holds ${fewShotSizes.slice(0, -1).join(', ')} or ${fewShotSizes.at(-1)} examples`;
export const Shots = v.pipe(
	whole('The number of examples', fewShotSizes[0], fewShotSizes.at(-1)!),
	v.check((count) => fewShotSizes.some((size) => size === count), sizes)
);

/** A prompt of its own for a model: a system prompt, and the best examples of train as turns before the question. */
export const FewShot = v.object({
	examples: Shots,
	/** That of the project where it is left out. */
	systemPrompt: v.optional(v.pipe(v.string(), v.maxLength(20_000, 'A system prompt has at most 20,000 characters'))),
	/** The `fingerprint` of the examples that were looked at: when others are the best by now, nothing begins. */
	seen: v.optional(v.pipe(v.string(), v.maxLength(64)))
});
export type WantedFewShot = v.InferOutput<typeof FewShot>;

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
		),
		fewShot: v.optional(FewShot)
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
