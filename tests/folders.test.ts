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

const code = fs
	.readdirSync('src', { recursive: true, encoding: 'utf8' })
	.map((name) => path.posix.join('src', name.replaceAll('\\', '/')))
	.filter((name) => /\.(ts|svelte)$/.test(name));
const known = new Set(code);

/** Who names a file in an import, static or late. */
const importersOf = (): Map<string, Set<string>> => {
	const found = new Map<string, Set<string>>();
	for (const file of code) {
		for (const [, named] of fs
			.readFileSync(file, 'utf8')
			.matchAll(/\b(?:from|import)\s*\(?\s*'(\$lib\/[^']+|\.[^']+)'/g)) {
			const base = named!.startsWith('$lib/')
				? named!.replace('$lib', 'src/lib')
				: path.posix.join(path.posix.dirname(file), named!);
			const target = ['', '.ts', '.svelte', '.svelte.ts'].map((end) => base + end).find((each) => known.has(each));
			if (target) found.set(target, (found.get(target) ?? new Set()).add(file));
		}
	}
	return found;
};

// The frame of a team is a room of its own, and so are the primitives. Who only shows what there is (/dev/ui) uses nothing.
test('what one page uses lies beside it: a component of a feature is reached from two', () => {
	const importers = importersOf();
	const pagesOf = (file: string, seen = new Set<string>()): Set<string> => {
		const pages = new Set<string>();
		for (const user of importers.get(file) ?? []) {
			if (seen.has(user) || user.startsWith('src/routes/dev/')) continue;
			seen.add(user);
			if (user.startsWith('src/routes/')) pages.add(path.posix.dirname(user));
			else for (const page of pagesOf(user, seen)) pages.add(page);
		}
		return pages;
	};
	const ofFeatures = code.filter((name) => /^src\/lib\/components\/(?!ui\/|shell\/)/.test(name));
	expect(ofFeatures.length).toBeGreaterThan(30);
	const alone = ofFeatures.map((name) => [name, [...pagesOf(name)]] as const).filter(([, pages]) => pages.length < 2);
	expect(alone).toEqual([]);
});

test('what CONTRIBUTING names is there', () => {
	const files = new Set(
		['src', 'tests', 'drizzle', 'examples', 'static', '.ci'].flatMap((root) =>
			fs
				.readdirSync(root, { recursive: true, encoding: 'utf8' })
				.map((name) => path.posix.join(root, name.replaceAll('\\', '/')))
		)
	);
	const all = [...files];
	const isThere = (name: string) =>
		fs.existsSync(name) ||
		all.some((file) => file.endsWith(`/${name}`) || ['.ts', '.svelte'].some((end) => file.endsWith(`/${name}${end}`)));
	const named = [...fs.readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/`([\w./[\]=-]+)`/g)]
		.map(([, name]) => name!.replace(/\/$/, ''))
		.filter((name) => /\w\/\w|\w\.(ts|sql|md|cjs|json|svelte)$/.test(name) && !name.startsWith('/'));
	expect(named.length).toBeGreaterThan(60);
	expect(named.filter((name) => !isThere(name))).toEqual([]);
});
