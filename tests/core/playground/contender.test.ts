import { expect, test } from 'vitest';
import { type Contender, askedBy, contenderText, readContender } from '../../../src/lib/core/playground/contender.ts';

const id = '0199a000-0000-7000-8000-000000000005';

test.each([
	[{ kind: 'base' }, { runId: null }],
	[{ kind: 'run', runId: id }, { runId: id }],
	[
		{ kind: 'model', connectionId: id, model: 'meta-llama/Llama-3:free' },
		{ runId: null, connectionId: id, model: 'meta-llama/Llama-3:free' }
	],
	[
		{ kind: 'model', connectionId: id, model: '' },
		{ runId: null, connectionId: id, model: '' }
	]
] as [Contender, object][])(
	'%j stands in an address and is read back, and is asked by its fields',
	(contender, fields) => {
		expect(readContender(contenderText(contender))).toEqual(contender);
		expect(askedBy(contender)).toEqual(fields);
	}
);

test.each([
	null,
	'',
	'Base',
	'run:',
	'run:1',
	`run:${id} `,
	`model:${id}`,
	`model:x:y`,
	`model:${id}:${'x'.repeat(201)}`
])('%j means nobody', (text) => expect(readContender(text)).toBeNull());
