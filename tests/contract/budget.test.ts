import * as v from 'valibot';
import { expect, test } from 'vitest';
import { SetBudget } from '../../src/lib/contract/budget.ts';
import { formValues } from '../../src/lib/server/http/form-values.ts';

const sent = (fields: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	return v.safeParse(SetBudget.input, formValues(SetBudget.input, form));
};

test('an empty field takes the limit away; a form without the field changes nothing', () => {
	expect(sent({ budgetCents: '5000' }).output).toEqual({ budgetCents: 5000 });
	expect(sent({ budgetCents: '' }).output).toEqual({ budgetCents: null });
	expect(sent({}).success).toBe(false);
});
