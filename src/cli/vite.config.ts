import { readFileSync } from 'node:fs';
import type { Plugin, UserConfig } from 'vite';

/**
 * In one file every import comes first, whoever needs it: `node:crypto` or `node:http` load half of Node, and of `node:fs` a module gets every
 * name there is. Everybody would wait for them who only wants to read the help, so each is required where it is used.
 */
const lateModules: Plugin = {
	name: 'late-modules',
	enforce: 'pre',
	resolveId: (name) => (name.startsWith('node:') && name !== 'node:module' ? `\0${name}` : null),
	load: async (id) => {
		if (!id.startsWith('\0node:')) return null;
		const all = (await import(id.slice(1))) as object;
		const given = Object.keys(all)
			.filter((name) => name !== 'default' && name !== 'module.exports')
			.map((name) => `export const ${name} = /* @__PURE__ */ of('${name}');`);
		return [
			`import { createRequire } from 'node:module';`,
			`const all = createRequire(import.meta.url)('${id.slice(1)}');`,
			`const of = (name) => all[name];`,
			'export default all;',
			...given
		].join('\n');
	}
};

/** One sign beyond Latin-1 doubles what V8 has to read: such signs are written as escapes. */
const plainAscii: Plugin = {
	name: 'plain-ascii',
	generateBundle(_, bundle) {
		for (const file of Object.values(bundle))
			if (file.type === 'chunk')
				file.code = file.code.replace(
					/[^\x00-\x7f]/g,
					(sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
				);
	}
};

/** What the translators call of the providers' own clients. */
const called = {
	openai: ['index', 'shared', 'chat', 'files', 'fine-tuning', 'models'],
	'together-ai': ['index', 'shared', 'beta', 'chat', 'files', 'fine-tuning', 'models']
};
const uncalled = Object.entries(called).map(
	([client, names]) =>
		new RegExp(
			`/node_modules/${client}/(resources/(?!(${names.join('|')})[./]).+|lib/(upload|ChatCompletionStream|\\w*Runner))[.]mjs$`
		)
);

/**
 * The rest of them was a third of the file, all of which V8 reads before the first word. Whoever constructs a client gets empty classes
 * instead; `tests/cli/package.test.ts` trains with both.
 */
const onlyCalled: Plugin = {
	name: 'only-called',
	enforce: 'pre',
	load: (id) => {
		if (!uncalled.some((some) => some.test(id))) return null;
		const names = readFileSync(id, 'utf8').matchAll(/^export (?:(?:async )?(?:class|function|const) (\w+)|\{ (\w+))/gm);
		return [...names].map(([, own, others]) => `export class ${own ?? others} {}`).join('\n');
	}
};

/** The command line as one file that needs nothing but Node: `npm run pack:cli`. What a command loads late runs late here too. */
export default {
	publicDir: false,
	plugins: [lateModules, onlyCalled, plainAscii],
	ssr: { noExternal: true, target: 'node' },
	build: {
		ssr: 'src/cli/main.ts',
		target: 'node20',
		minify: true,
		emptyOutDir: true,
		rolldownOptions: {
			// without it V8 compiles at once what most commands never call
			optimization: { pifeForModuleWrappers: false },
			output: { codeSplitting: false, strictExecutionOrder: true, entryFileNames: 'ait.js', format: 'es' }
		}
	}
} satisfies UserConfig;
