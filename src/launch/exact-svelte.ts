// Svelte offers everything in one place, and a bundler that gathers what a file needs gathers all of that place with it. Here each file of
// the client takes from it what it names.
import fs from 'node:fs';
import path from 'node:path';

const svelte = path.resolve(import.meta.dirname, '../../node_modules/svelte/src');
const offers: Record<string, string> = {
	'svelte/internal/client': `${svelte}/internal/client/index.js`,
	'svelte/reactivity': `${svelte}/reactivity/index-client.js`
};
const mark = '\0exact:';

/**
 * `const { tick } = svelte`, where `svelte` is all of it, would keep all of it in the file: a bundler drops what nobody asks for by name. So Kit's
 * client had the events of Svelte 4 and snippets made by hand in front of every page.
 */
const byName = (code: string): string => {
	const [, all] = /import \* as (\w+) from (['"])svelte\2/.exec(code) ?? [];
	if (!all) return code;
	return code.replace(
		new RegExp(`const \\{([\\w\\s,]+)\\} = ${all};`, 'g'),
		(_, names: string) => `const ${names.split(',').map((name) => `${name.trim()} = ${all}.${name.trim()}`)};`
	);
};

/** What an offer has, by its name there: as a line that takes it from where it is. */
const linesOf = (offer: string): Map<string, string> =>
	new Map(
		[...fs.readFileSync(offer, 'utf8').matchAll(/export \{([^}]*)\} from '([^']+)'/g)].flatMap(([, names, from]) =>
			names!
				.split(',')
				.map((name) => name.trim())
				.map((name): [string, string] => [
					name.split(/\s+as\s+/).at(-1)!,
					`export { ${name} } from ${JSON.stringify(path.resolve(path.dirname(offer), from!))};`
				])
		)
	);

export const exactSvelte = () => {
	const known = new Map(Object.entries(offers).map(([name, offer]) => [name, linesOf(offer)]));
	return {
		name: 'exact-svelte',
		apply: 'build' as const,
		enforce: 'post' as const,
		transform(code: string, id: string, { ssr = false }: { ssr?: boolean } = {}) {
			if (ssr || id.startsWith(mark)) return;
			let exact = byName(code);
			for (const [offer, lines] of known) {
				const place = `(?:${offer}|\\./${offer.slice('svelte/'.length)}/index\\.js)`;
				const imports = new RegExp(`import\\s*(?:\\* as ([\\w$]+)|\\{([^}]*)\\})\\s*from\\s*(['"])${place}\\3`, 'g');
				exact = exact.replace(imports, (line, all: string | undefined, some: string | undefined, quote: string) => {
					const named = all
						? code.matchAll(new RegExp(`${all.replaceAll('$', '\\$')}\\.([\\w$]+)`, 'g'))
						: some!.matchAll(/([\w$]+)/g);
					// a word too many does no harm
					const words = new Set(Array.from(named, ([, name]) => name));
					const names = [...lines.keys()].filter((name) => words.has(name));
					return line.replace(
						new RegExp(`${quote}${place}${quote}`),
						JSON.stringify(`${mark}${offer}:${names.join(',')}`)
					);
				});
			}
			return exact === code ? undefined : { code: exact, map: null };
		},
		resolveId(id: string) {
			return id.startsWith(mark) ? id : undefined;
		},
		load(id: string) {
			if (!id.startsWith(mark)) return;
			const [offer, names] = id.slice(mark.length).split(':');
			const lines = known.get(offer!)!;
			return {
				code: names!
					.split(',')
					.map((name) => lines.get(name) ?? '')
					.join('\n'),
				moduleSideEffects: false
			};
		}
	};
};
