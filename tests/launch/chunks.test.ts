import { expect, test } from 'vitest';
import { compileHints } from '../../src/launch/chunks.ts';

/** `letters`: so long is the file. */
const hinted = (fileName: string, name: string, facadeModuleId: string | null = null, letters = 2_000): boolean => {
	const file = { type: 'chunk' as const, fileName, name, facadeModuleId, code: 'const map=[];'.padEnd(letters, 'x') };
	const { code } = file;
	compileHints().generateBundle.handler(null, { [fileName]: file, 'base.css': { type: 'asset' } });
	expect(file.code.endsWith(code)).toBe(true);
	// a browser reads it in front of everything else only
	return file.code.startsWith('//# allFunctionsCalledOnLoad\n');
};

test('what a page begins with is compiled while it comes', () => {
	expect(hinted('_app/immutable/chunks/a.js', 'base')).toBe(true);
	expect(hinted('_app/immutable/chunks/b.js', 'frame')).toBe(true);
	expect(hinted('_app/immutable/nodes/33.c.js', '33', '/here/.svelte-kit/generated/client-optimized/nodes/33.js')).toBe(
		true
	);
});

test('what comes late, and what a page only names, is compiled as it is called', () => {
	expect(hinted('_app/immutable/chunks/d.js', 'toaster', '/here/src/lib/components/ui/toaster.ts')).toBe(false);
	expect(hinted('_app/immutable/chunks/a.js', 'base', null, 100)).toBe(false);
	expect(hinted('_app/immutable/chunks/e.js', 'sitting-page.svelte')).toBe(false);
	expect(hinted('_app/immutable/entry/app.f.js', 'app', '/here/.svelte-kit/generated/client-optimized/app.js')).toBe(
		false
	);
});
