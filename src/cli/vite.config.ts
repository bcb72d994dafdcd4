import type { Plugin, UserConfig } from 'vite';

/** What of Node's own modules is required where it is used, and not before. A name that is missing here fails the build. */
const late: Record<string, readonly string[]> = {
	'node:child_process': ['spawn'],
	'node:crypto': ['createHash', 'createHmac', 'hash', 'randomBytes', 'randomUUID'],
	'node:fs/promises': ['readFile', 'rename', 'writeFile'],
	'node:http': ['createServer'],
	'node:readline': ['createInterface'],
	'node:readline/promises': ['createInterface'],
	'node:timers/promises': ['setImmediate', 'setTimeout'],
	'node:zlib': ['createGunzip']
};

/**
 * In one file every import comes first, whoever needs it, and `node:crypto` or `node:http` load half of Node: everybody would
 * wait for them who only wants to read the help.
 */
const lateModules: Plugin = {
	name: 'late-modules',
	enforce: 'pre',
	resolveId: (name) => (late[name] ? `\0${name}` : null),
	load: (id) => {
		const names = id.startsWith('\0node:') ? late[id.slice(1)] : undefined;
		if (!names) return null;
		const given = names.map((name) => `export const ${name} = all.${name};`).join('\n');
		return `import { createRequire } from 'node:module';\nconst all = createRequire(import.meta.url)('${id.slice(1)}');\n${given}`;
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

/** The command line as one file that needs nothing but Node: `npm run pack:cli`. What a command loads late runs late here too. */
export default {
	publicDir: false,
	plugins: [lateModules, plainAscii],
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
