import * as v from 'valibot';
import { NoInput, Time, whole } from './fields.ts';
import { command, query } from './operation.ts';

const Cents = v.number();

/** What a project may spend in this month, and has. */
const Budget = v.strictObject({
	/** The calendar month, in UTC: `2026-11`. */
	month: v.string(),
	/** When the next one begins. */
	renewsAt: Time,
	/** null: nothing is limited. */
	budgetCents: v.nullable(Cents),
	spentCents: Cents,
	/** What it went to. */
	trainingCents: Cents,
	servingCents: Cents,
	generatingCents: Cents,
	judgingCents: Cents,
	playgroundCents: Cents,
	/** `warned` from 80 % on; `spent`: nothing more is paid. */
	state: v.picklist(['unlimited', 'fine', 'warned', 'spent'])
});
export type ShownBudget = v.InferInput<typeof Budget>;

const aBudget: v.InferOutput<typeof Budget> = {
	month: '2026-11',
	renewsAt: '2026-12-01T00:00:00.000Z',
	budgetCents: 5000,
	spentCents: 1262,
	trainingCents: 800,
	servingCents: 440,
	generatingCents: 16,
	judgingCents: 2,
	playgroundCents: 4,
	state: 'fine'
};

export const GetBudget = query({
	name: 'budget.get',
	summary: 'What the project may spend this month, what it has spent so far, and on what',
	within: 'project',
	action: 'budget:see',
	input: NoInput,
	output: Budget,
	errors: {},
	example: { input: {}, output: aBudget }
});

export const GetNearBudget = query({
	name: 'budget.near',
	summary:
		'The same where it is nearly or wholly spent, for whoever is about to spend more; null where there is nothing to say',
	within: 'project',
	action: 'budget:see',
	input: NoInput,
	output: v.nullable(Budget),
	errors: {},
	example: { input: {}, output: { ...aBudget, spentCents: 4500, trainingCents: 4040, state: 'warned' } }
});

export const SetBudget = command({
	name: 'budget.set',
	summary: 'Sets what the project may spend in a month, or takes the limit away',
	within: 'project',
	action: 'project:edit',
	input: v.object({
		/** null: nothing is limited. */
		budgetCents: v.nullable(whole('The budget', 1, 100_000_000))
	}),
	output: Budget,
	errors: {},
	events: ['budget.changed', 'budget.reached'],
	example: { input: { budgetCents: 5000 }, output: aBudget }
});
