import * as v from 'valibot';
import { expect, test } from 'vitest';
import { form } from '../../../src/lib/server/http/form.ts';

const Greeting = v.object({ name: v.pipe(v.string(), v.minLength(1, 'Say a name')) });

const send = (fields: [string, string][]) => {
	const request = new Request('http://localhost:3000/x', { method: 'POST', body: new URLSearchParams(fields) });
	return form(Greeting, (_, { name }) => name)({ request, params: {} } as never);
};

test('what was typed is given back with the sentences, but nothing that looks like a key', async () => {
	const refused = [
		['name', ''],
		['note', 'a'],
		['apiKey', 'sk-1']
	] as [string, string][];
	expect(await send(refused)).toMatchObject({
		status: 422,
		data: { values: { name: '', note: 'a' }, problems: { name: 'Say a name' } }
	});
	expect(JSON.stringify(await send(refused))).not.toContain('sk-1');
});

test('a field called __proto__ is not given back: Kit writes no object that has one', async () => {
	const answer = (await send([
		['__proto__', 'x'],
		['name', '']
	])) as { data: { values: object } };
	expect(Object.keys(answer.data.values)).toEqual(['name']);
});
