import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { equivalentInCore } from './core-equivalent.ts';

const root = 'src/lib/core';

test('no reason answers to a line as it stands: it would excuse every mutant of the rest of that line', () => {
	const lines = fs
		.readdirSync(root, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.flatMap((name) =>
			fs
				.readFileSync(path.join(root, name), 'utf8')
				.split('\n')
				.map((line) => `${name}: ${line.trim()}`)
		);
	const broad = equivalentInCore.filter(({ mutant }) =>
		lines.some((line) => (typeof mutant === 'string' ? mutant === line : mutant.test(line)))
	);
	expect(broad.map(({ mutant }) => String(mutant))).toEqual([]);
});
