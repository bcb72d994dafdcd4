import fs from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';

const read = (file: string) => fs.readFileSync(file, 'utf8');
const mermaidIn = (file: string) => /```mermaid\n([\s\S]+?)\n```/.exec(read(file))?.[1];

test('the picture of the README, of the guide and of the page say the same', () => {
	const text = mermaidIn('src/routes/(docs)/guides/how-it-is-built.md');
	expect(mermaidIn('README.md')).toBe(text);
	const drawn = read('src/routes/(docs)/Architecture.svelte').replaceAll(/', '/g, ' ').toLowerCase();
	const labels = [...text!.matchAll(/"([^"]+)"/g)].map(([, label]) => label!.replace(':', '').toLowerCase());
	expect(labels.length).toBeGreaterThan(10);
	expect(labels.filter((label) => !drawn.includes(label))).toEqual([]);
});

test('the README stays short, and every file it leads to is there', () => {
	const readme = read('README.md');
	expect(readme.split('\n').length).toBeLessThanOrEqual(150);
	const files = [...readme.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, file]) => file!);
	for (const file of files.filter((each) => !each.startsWith('../'))) expect(fs.existsSync(file), file).toBe(true);
	const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
	for (const [, anchor] of readme.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
});

test('the README of the command line names every command and every exit code', () => {
	const readme = read('src/cli/README.md');
	for (const { name } of commands) expect(readme).toContain(`\`${name}\``);
	for (const { code } of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
});

test('pictures that everybody loads are small', () => {
	for (const [file, most] of Object.entries({ 'film.svg': 150_000, 'film-still.svg': 20_000, 'rate.png': 200_000 }))
		expect(fs.statSync(`static/readme/${file}`).size, file).toBeLessThanOrEqual(most);
	expect(read('static/readme/film.svg')).toContain('prefers-reduced-motion');
});
