import path from 'node:path';
import { expect, test } from 'vitest';
import { icons } from '../../src/launch/icons.ts';

const at = (name: string) => path.resolve(`node_modules/@lucide/svelte/dist/icons/${name}.js`);

test('an icon of the package comes as its paths, also under an older name', () => {
	expect(icons().load(at('check'))).toContain('icon("<path d=\\"M20 6 9 17l-5-5\\"/>")');
	expect(icons().load(at('trash-2'))).toContain('<path d=');
	expect(icons().load(path.resolve('src/lib/paths.ts'))).toBeUndefined();
});
