import { expect, test } from 'vitest';
import { detailsOf, retold } from '../../../src/sandbox/learning/details.ts';

test('names and numbers of somebody’s own are found, everyday numbers are not', () => {
	expect(detailsOf('Hello, this is Maria. Order #4411 came after 2 years in a 28 cm box.')).toEqual({
		names: ['Maria'],
		codes: ['#4411']
	});
	expect(detailsOf('My name is Tom, parcel P-2272.')).toEqual({ names: ['Tom'], codes: ['P-2272'] });
	expect(detailsOf('Nothing works.\n— Lucia')).toEqual({ names: ['Lucia'], codes: [] });
	expect(detailsOf('```js\nconst a = 12345;\n```')).toEqual({ names: [], codes: [] });
});

test('a sentence is told with the other conversation’s details', () => {
	const from = { names: ['Maria'], codes: ['P-1'] };
	expect(retold('Hi Maria, P-1 is here.', from, { names: ['Tom'], codes: ['P-2'] })).toBe('Hi Tom, P-2 is here.');
	expect(retold('Hi Maria, welcome.', from, { names: [], codes: [] })).toBe('Hi, welcome.');
	expect(retold('P-1 is here.', from, { names: [], codes: [] })).toBeNull();
	expect(retold('P-12 stays.', from, { names: [], codes: ['P-2'] })).toBe('P-12 stays.');
	expect(retold('P-1 costs.', from, { names: [], codes: ['$&9'] })).toBe('$&9 costs.');
});
