import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// Text and what lies behind it must differ enough to be read; the ratio is WCAG 2.2's, of colours clipped to sRGB as browsers show them.
const css = readFileSync(new URL('../../src/app.css', import.meta.url), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');

const block = (selector: string) => {
	const start = css.indexOf(`${selector} {`);
	if (start < 0) throw new Error(`src/app.css has no block "${selector}"`);
	const body = css.slice(start, css.indexOf('}', start));
	return Object.fromEntries(
		[...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()])
	);
};
const dark = block(':root');
const themes = { dark, light: { ...dark, ...block("[data-theme='light']") } };

/** Linear sRGB of `oklch(L C h)` or `#fff`, clipped to 0–1 (the matrices are Björn Ottosson's). */
const linear = (colour: string): [number, number, number] => {
	if (colour === '#fff') return [1, 1, 1];
	const parts = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(colour);
	if (!parts) throw new Error(`Not a colour this test can read: ${colour}`);
	const [lightness, chroma, hue] = parts.slice(1).map(Number) as [number, number, number];
	const a = chroma * Math.cos((hue * Math.PI) / 180);
	const b = chroma * Math.sin((hue * Math.PI) / 180);
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	const clip = (value: number) => Math.min(1, Math.max(0, value));
	return [
		clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
		clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
		clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
	];
};
const luminance = (colour: string) => {
	const [red, green, blue] = linear(colour);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ratio = (one: string, other: string) => {
	const [low, high] = [luminance(one), luminance(other)].sort((x, y) => x - y) as [number, number];
	return (high + 0.05) / (low + 0.05);
};

const surfaces = ['bg', 'sidebar', 'surface', 'raised'];
const pairs = (texts: string[], grounds: string[], least: number) =>
	texts.flatMap((text) => grounds.map((ground) => [text, ground, least] as const));

const expected = [
	...pairs(['fg', 'fg-2'], [...surfaces, 'hover'], 7),
	...pairs(
		['muted', 'accent', 'success', 'warning', 'danger', 'info', 'rate-bad', 'rate-okay', 'rate-great'],
		[...surfaces, 'hover'],
		4.5
	),
	...pairs(['fg', 'muted'], ['active'], 4.5),
	...pairs(['faint'], surfaces, 4.5),
	...pairs(['control'], ['surface', 'raised', 'bg'], 3),
	...pairs(
		['rate-bad-fill', 'rate-okay-fill', 'rate-great-fill', 'split-train', 'split-val', 'split-none'],
		['surface', 'raised'],
		3
	),
	...pairs(['ring'], [...surfaces, 'hover'], 3),
	...pairs(['on-primary'], ['primary'], 13),
	...pairs(['on-accent'], ['accent-solid', 'danger-solid'], 4.5),
	...['accent', 'success', 'warning', 'danger', 'info'].map((tone) => [tone, `${tone}-sub`, 4.5] as const)
];

for (const [theme, tokens] of Object.entries(themes)) {
	test.each(expected)(`${theme}: %s on %s is at least %s:1`, (text, ground, least) => {
		const [front, back] = [tokens[text], tokens[ground]];
		if (!front || !back) throw new Error(`${theme} has no --${front ? ground : text}`);
		expect(ratio(front, back)).toBeGreaterThanOrEqual(least);
	});
}

test('the arithmetic agrees with the ratios published beside the tokens', () => {
	expect(ratio('oklch(0 0 0)', '#fff')).toBeCloseTo(21, 1);
	expect(ratio(dark.fg!, dark.bg!)).toBeCloseTo(16.9, 1);
	expect(ratio(dark.muted!, dark.surface!)).toBeCloseTo(6.7, 1);
	expect(ratio(themes.light['split-none']!, themes.light.bg!)).toBeCloseTo(2.98, 1);
});

test('every colour of the dark theme has its light counterpart', () => {
	const colours = (tokens: Record<string, string>) => Object.keys(tokens).sort();
	expect(colours(block("[data-theme='light']"))).toEqual(colours(dark));
});
