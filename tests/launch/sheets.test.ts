import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sheets } from '../../src/launch/sheets.ts';

type Link = { rel: string; href: string; onload: () => void; onerror: () => void; remove: () => void };
type Helper = { __vitePreload: <T>(act: () => T, files?: string[], from?: string) => Promise<T> };

const from = 'https://app.example.com/_app/chunks/page.js';
const there: Pick<Link, 'href'>[] = [{ href: 'https://app.example.com/_app/assets/there.css' }];
const asked: Link[] = [];

beforeEach(() => {
	asked.length = 0;
	vi.stubGlobal('document', {
		querySelectorAll: () => there,
		createElement: () => ({ remove: vi.fn<() => void>() }),
		head: { append: (link: Link) => asked.push(link) }
	});
});
afterEach(() => void vi.unstubAllGlobals());

/** Anew each time: it remembers what it has fetched. */
const helper = async () => {
	const { code } = sheets().load('\0vite/preload-helper.js')!;
	return (await import(`data:text/javascript,${encodeURIComponent(`${code}//${Math.random()}`)}`)) as Helper;
};

test('what has no styles of its own is fetched at once', async () => {
	const { __vitePreload: fetched } = await helper();
	expect(fetched(() => 1)).toBe(1);
	expect(fetched(() => 1, [], from)).toBe(1);
});

test('a style is fetched once, before what needs it; one that is there is not', async () => {
	const { __vitePreload: fetched } = await helper();
	const act = vi.fn<() => number>(() => 1);
	const first = fetched(act, ['../assets/there.css', '../assets/late.css'], from);
	const second = fetched(act, ['../assets/late.css'], from);
	await Promise.resolve();
	expect(act).not.toHaveBeenCalled();
	expect(asked.map(({ rel, href }) => `${rel} ${href}`)).toEqual([
		'stylesheet https://app.example.com/_app/assets/late.css'
	]);
	asked[0]!.onload();
	expect(await Promise.all([first, second])).toEqual([1, 1]);
});

test('without a line it fails in the words of a module, and the next time asks again', async () => {
	const { __vitePreload: fetched } = await helper();
	const failed = fetched(() => 1, ['../assets/late.css'], from);
	asked[0]!.onerror();
	// hooks.client.ts knows by them that it is nobody's bug
	await expect(failed).rejects.toThrow(new TypeError('Importing a style failed'));
	expect(asked[0]!.remove).toHaveBeenCalled();
	const again = fetched(() => 1, ['../assets/late.css'], from);
	asked[1]!.onload();
	expect(await again).toBe(1);
});

test('everything else is left to the bundler', () => expect(sheets().load('/src/page.ts')).toBeUndefined());
