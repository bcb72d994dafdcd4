import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CreateKey, RollKey } from '../../src/lib/contract/keys.ts';
import { ids } from '../../src/lib/contract/ids.ts';
import { graceHours, keyLives } from '../../src/lib/core/keys/rules.ts';
import { formValues } from '../../src/lib/server/http/form-values.ts';

/** As a browser sends it: everything is text. */
const sent = (schema: v.GenericSchema, fields: Record<string, string>) => {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.set(name, value);
	return v.safeParse(schema, formValues(schema, form));
};
const create = (fields: Record<string, string>) =>
	sent(CreateKey.input, { name: 'Nightly import', role: 'rater', projectIds: '', days: '90', ...fields });

test.each(keyLives)('a form may ask for %i days', (days) => {
	expect(create({ days: String(days) }).output).toMatchObject({ days, projectIds: null });
});

test.each(graceHours)('and to roll with %i hours', (hours) => {
	const roll = sent(RollKey.input, { keyId: ids.key, graceHours: String(hours) });
	expect(roll.output).toMatchObject({ graceHours: hours });
});

test.each(['1', '91', '-30', 'ninety', ''])('%j days are none to choose', (days) => {
	expect(create({ days }).issues?.[0].message).toBe('A key lives for 30, 90 or 365 days');
});

test('a key is never an owner', () => {
	expect(create({ role: 'owner' }).issues?.[0].message).toBe('A key is a trainer or a rater');
});

test('whoever chooses some projects and none of them does not get all', () => {
	expect(create({ projectIds: '-' }).success).toBe(false);
	expect(v.safeParse(CreateKey.input, { name: 'x', projectIds: [] }).success).toBe(false);
	expect(v.parse(CreateKey.input, { name: 'x' })).toMatchObject({ role: 'trainer', projectIds: null, days: 90 });
});
