import * as v from 'valibot';
import { Id } from './fields.ts';
import { ids } from './ids.ts';
import { query } from './operation.ts';
import { ListedRun, Series, aListedRun } from './run.ts';

const Points = v.array(v.strictObject({ series: Series, step: v.number(), loss: v.number() }));

/** Examples and choices by whether both learnt from them; the first of those that one alone did. */
const Difference = v.strictObject({
	both: v.number(),
	onlyA: v.number(),
	onlyB: v.number(),
	/** The first of the examples that are still there. */
	examplesOfA: v.array(v.strictObject({ id: v.string(), number: v.number() })),
	examplesOfB: v.array(v.strictObject({ id: v.string(), number: v.number() }))
});

export const CompareRuns = query({
	name: 'runs.compare',
	summary:
		'Two runs side by side: settings, what each learnt from and the other did not, losses, and the verdicts about them',
	within: 'project',
	action: 'runs:see',
	long: true,
	input: v.object({ a: Id('The first run'), b: Id('The second run') }),
	output: v.strictObject({
		a: ListedRun,
		b: ListedRun,
		settings: v.array(v.strictObject({ label: v.string(), a: v.string(), b: v.string(), differs: v.boolean() })),
		data: v.strictObject({ train: Difference, validation: Difference }),
		points: v.strictObject({ a: Points, b: Points }),
		/** Of revealed comparisons in which one of them stands, the newest first. */
		verdicts: v.array(
			v.strictObject({
				evaluationId: v.string(),
				number: v.number(),
				name: v.string(),
				version: v.string(),
				against: v.string(),
				title: v.string(),
				netPreference: v.nullable(v.number()),
				/** They were compared with one another. */
				isOfBoth: v.boolean()
			})
		)
	}),
	errors: {},
	example: {
		input: { a: ids.run, b: ids.run },
		output: {
			a: aListedRun,
			b: aListedRun,
			settings: [{ label: 'Epochs', a: '3', b: '3', differs: false }],
			data: {
				train: { both: 120, onlyA: 0, onlyB: 1, examplesOfA: [], examplesOfB: [{ id: ids.example, number: 7 }] },
				validation: { both: 30, onlyA: 0, onlyB: 0, examplesOfA: [], examplesOfB: [] }
			},
			points: { a: [{ series: 'train', step: 10, loss: 1.42 }], b: [{ series: 'train', step: 10, loss: 1.31 }] },
			verdicts: [
				{
					evaluationId: ids.evaluation,
					number: 2,
					name: 'v3 against the base',
					version: 'v3',
					against: 'base',
					title: 'SHIP IT',
					netPreference: 0.4,
					isOfBoth: false
				}
			]
		}
	}
});
