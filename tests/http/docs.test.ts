import { afterAll, beforeAll, expect, test } from 'vitest';
import { restFeatures } from '../../src/lib/contract/openapi/features.ts';
import { refusalCodes } from '../../src/lib/contract/openapi/refusals.ts';
import { to } from '../../src/lib/paths.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const get = async (address: string, headers: Record<string, string> = { accept: 'text/html' }) => {
	const answer = await fetch(app.origin + address, { headers });
	return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** Of the docs alone: the start page and the sign-in are somebody else's. */
const linksIn = (text: string, pattern: RegExp) =>
	[...text.matchAll(pattern)]
		.map(([, link]) => link!.replaceAll('&amp;', '&').replace(app.origin, ''))
		.filter((link) => /^(#|\/docs|\/llms|\/api\/openapi)/.test(link));

test('every link in the docs leads somewhere, also those to a place on a page', async () => {
	const known = new Map<string, string>();
	const wanted: { from: string; link: string }[] = [
		{ from: '', link: to.docs() },
		{ from: '', link: to.llms() }
	];
	const broken: string[] = [];
	while (wanted.length > 0) {
		const { from, link } = wanted.pop()!;
		const [page, anchor] = (link.startsWith('#') ? from + link : link).split('#') as [string, string?];
		if (!known.has(page)) {
			const { status, headers, text } = await get(page);
			if (status !== 200) broken.push(`${from}: ${link} is ${status}`);
			known.set(page, text);
			if (/\{\{\w/.test(text)) broken.push(`${page}: a fact is missing`);
			const pattern = headers.get('content-type')?.startsWith('text/html') ? /href="([^"]+)"/g : /\]\(([^)\s]+)\)/g;
			wanted.push(...linksIn(text, pattern).map((each) => ({ from: page, link: each })));
		}
		if (anchor && !page.endsWith('.md') && !known.get(page)!.includes(`id="${anchor}"`))
			broken.push(`${from}: ${link} has no such place`);
	}
	expect(broken).toEqual([]);
	for (const { id } of restFeatures) {
		expect([...known.keys()]).toContain(to.referenceOf(id));
		expect([...known.keys()]).toContain(to.markdown(`api/${id}`));
	}
	expect(known.get(to.llms())).toContain('# aitelier');
});

test('every code has the place that refusals lead to', async () => {
	const { text } = await get(to.errorCodes());
	for (const code of refusalCodes) expect(text).toContain(`id="${code}"`);
});

test('a search needs no script, and says when there is nothing', async () => {
	const shown = async (search: string) => {
		const { text } = await get(to.reference(search));
		return [...text.matchAll(/<li data-words="[^"]*"([^>]*)>/g)].filter(([, rest]) => !rest!.includes('hidden')).length;
	};
	const all = await shown('');
	expect(all).toBe(restFeatures.reduce((sum, { rows }) => sum + rows.length, 0));
	expect(await shown('preflight')).toBe(1);
	expect(await shown('<script>')).toBe(0);
	expect((await get(to.reference('<script>alert(1)'))).text).not.toContain('<script>alert');
});

test('pages carry nothing of whoever looks, load nothing from elsewhere, and may be kept', async () => {
	for (const address of [to.docs(), to.reference(), to.guide('webhooks'), to.referenceOf('examples')]) {
		const { headers, text } = await get(address, { accept: 'text/html', cookie: 'session=wrong' });
		expect(headers.get('cache-control')).toBe('public, max-age=300');
		expect(headers.get('set-cookie')).toBeNull();
		const loaded = [...text.matchAll(/(?:src|<link[^>]+href)="([^"]+)"/g)].map(([, source]) => source!);
		for (const source of loaded) expect(source).toMatch(/^(\/|\.\.?\/)(?!\/)/);
		expect(text.match(/<script(?! defer)[^>]*>/g)).toHaveLength(1); // the theme
	}
});

test('what is not there is not found', async () => {
	for (const address of [
		to.guide('nothing'),
		to.referenceOf('nothing'),
		to.markdown('nothing'),
		to.markdown('api/nothing')
	])
		expect((await get(address)).status).toBe(404);
});

test('Markdown says the same as the page', async () => {
	const { text, headers } = await get(to.markdown('api/examples'));
	expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
	expect(text).toMatch(/^# Examples\n/);
	for (const { operation, path } of restFeatures.find(({ id }) => id === 'examples')!.rows) {
		expect(text).toContain(`## ${operation.summary}`);
		expect(text).toContain(path);
	}
	const guide = await get(to.markdown('first-call'));
	expect(guide.text).toContain(`curl "${app.origin}/api/v1/me"`);
	expect(guide.text).not.toMatch(/\{\{\w/);
});

test('the OpenAPI document names this server', async () => {
	const { text } = await get(to.openApi());
	expect(JSON.parse(text)).toMatchObject({ openapi: '3.1.0', servers: [{ url: `${app.origin}/api/v1` }] });
});
