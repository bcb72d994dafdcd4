import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** So many files of code lie flat in a folder: more is a second subject, and nobody finds anything among them. */
const most = 60;

test('no folder of the code is a heap', () => {
	const counts = ['src', 'tests'].flatMap((root) =>
		[
			...Map.groupBy(
				fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|svelte)$/.test(name)),
				(name) => path.posix.join(root, path.posix.dirname(name.replaceAll('\\', '/')))
			)
		].map(([folder, names]) => [folder, names.length] as const)
	);
	expect(counts.length).toBeGreaterThan(50);
	expect(counts.filter(([, count]) => count > most)).toEqual([]);
});
