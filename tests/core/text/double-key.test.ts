import { expect, test } from 'vitest';
import { doubleKey } from '../../../src/lib/core/text/double-key.ts';

test.each([
	['{"a":1,"a":2}', 'a'],
	['{"a":1,"\\u0061":2}', 'a'],
	['{"a":{"b":1,"c":[{"d":1},{"d":2,"e":3,"d":4}]}}', 'd'],
	['{ "a" \n\t: "}{", "b": "\\"a\\":", "a" : [] }', 'a'],
	['{"":1,"":2}', '']
])('%s names %j twice', (text, name) => expect(doubleKey(text)).toBe(name));

test.each([
	'{}',
	'[]',
	'1',
	'"a:"',
	'{"a":"a","b":["a","a"],"c":{"a":1},"d":{"a":1}}',
	'[{"a":1},{"a":1}]',
	'{"a\\"":1,"a":2}'
])('%s names nothing twice', (text) => expect(doubleKey(text)).toBeNull());
