import { expect, test } from 'vitest';
import { exactSvelte } from '../../src/launch/exact-svelte.ts';

const plugin = exactSvelte();
const compiled = `import 'svelte/internal/disclose-version';
import * as $ from 'svelte/internal/client';
import { createSubscriber } from "svelte/reactivity";
const root = $.from_html('<p></p>');
export const Page = (anchor) => $.if(anchor, () => $.append(anchor, root()));`;

test('a file of the client takes from Svelte what it names, from where that is', () => {
	const { code } = plugin.transform(compiled, '/page.svelte')!;
	const [inner, reactive] = [...code.matchAll(/from ("[^"]+")/g)].map(([, id]) => JSON.parse(id!) as string);
	expect(plugin.resolveId(inner!)).toBe(inner);
	const lines = plugin.load(inner!)!.code.split('\n');
	expect(lines.map((line) => /\{ (.*) \}/.exec(line)![1])).toEqual(['if_block as if', 'append', 'from_html']);
	expect(plugin.load(reactive!)!.code).toMatch(/^export \{ createSubscriber \} from ".*create-subscriber\.js";$/);
	expect(code).toContain(`import 'svelte/internal/disclose-version'`);
});

test('what is taken out of all of Svelte is asked for by its name', () => {
	const kit = `import * as svelte from 'svelte';\nconst { onMount, tick } = svelte;\nconst { page } = state;`;
	expect(plugin.transform(kit, '/client.js')!.code).toBe(
		`import * as svelte from 'svelte';\nconst onMount = svelte.onMount,tick = svelte.tick;\nconst { page } = state;`
	);
	const other = `import * as svelte from 'elsewhere';\nconst { onMount, tick } = svelte;`;
	expect(plugin.transform(other, '/other.js')).toBeUndefined();
});

test('the server, and files that ask Svelte for nothing, stay as they are', () => {
	expect(plugin.transform(compiled, '/page.svelte', { ssr: true })).toBeUndefined();
	expect(plugin.transform('export const one = 1;', '/one.ts')).toBeUndefined();
});
