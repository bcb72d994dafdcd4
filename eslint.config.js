import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const lucia = {
	group: ['lucia', 'lucia/*'],
	message: 'lucia is in maintenance: only src/lib/server/access/sessions.ts knows it.'
};
const sdks = {
	group: ['openai', 'openai/*', 'together-ai', 'together-ai/*'],
	message: 'Provider SDKs stay in src/lib/server/providers; ask for a Provider instead.'
};
const scopeMaker = {
	group: ['**/scope', '**/scope.ts'],
	importNames: ['scopeFor'],
	message:
		'Only hooks.server.ts, jobs/worker.ts, access/keys.ts, access/tokens.ts, launch and tests make a scope; everybody else is handed one.'
};
const aliases = {
	group: ['$lib', '$lib/**', '$app/**', '$env/**'],
	message: 'This also runs in plain Node, which knows no aliases: import relatively, with the .ts extension.'
};

const forms = {
	group: ['$app/forms'],
	importNames: ['enhance'],
	message: 'Where no server answers, that one throws away what was typed: take the one of $lib/client/enhance.'
};

const server = {
	group: ['**/lib/server/**', '**/routes/**', '**/launch/**'],
	message: 'The sandbox stands where a provider stands: of ours it imports core at most.'
};
const sandbox = {
	group: ['**/sandbox', '**/sandbox/**'],
	message: 'The sandbox is a program of its own: speak to it over HTTP.'
};

/** Later entries replace this rule for their files, so each names everything that holds there. */
const closed = (files, ...patterns) => ({
	files,
	rules: { 'no-restricted-imports': ['error', { patterns }] }
});

export default ts.config(
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'.data/',
			'node_modules/',
			'screenshots/',
			'playwright-report/',
			'test-results/'
		]
	},
	...ts.configs.recommended,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			eqeqeq: ['error', 'always', { null: 'ignore' }],
			'no-undef': 'off', // TypeScript knows better
			'prefer-const': ['error', { destructuring: 'all' }],
			// Links are made by $lib/paths, and the app has no base path to resolve
			'svelte/no-navigation-without-resolve': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }
			]
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.js'],
		languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
		rules: {
			'svelte/no-at-html-tags': 'error',
			'no-restricted-syntax': [
				'error',
				{
					selector:
						'VariableDeclaration[kind="let"] > VariableDeclarator[init.callee.name="$derived"][id.type="Identifier"]',
					message:
						'What is typed into a derived value is lost with the next live update: take a Draft (client/draft.svelte.ts).'
				}
			],
			'prefer-const': 'off', // $props() and $state() are declared with let
			// A set that no template reads need not be reactive
			'svelte/prefer-svelte-reactivity': 'off'
		}
	},
	{
		files: ['src/lib/server/**', 'src/sandbox/**'],
		ignores: [
			'src/lib/server/platform/log.ts',
			'src/lib/server/platform/mail/outbox.ts',
			'src/sandbox/main.ts',
			'src/sandbox/log.ts'
		],
		rules: { 'no-console': 'error' }
	},
	{ files: ['src/lib/core/**', 'src/lib/components/**', 'src/routes/**'], rules: { 'no-console': 'error' } },

	closed(['src/**'], lucia, sdks, scopeMaker, sandbox, forms),
	closed(['src/lib/client/enhance.ts'], lucia, sdks, scopeMaker, sandbox),
	closed(
		['src/lib/core/**', 'src/lib/server/**', 'src/lib/paths.ts', 'src/cli/**'],
		lucia,
		sdks,
		scopeMaker,
		sandbox,
		aliases
	),
	closed(['src/cli/work/sandbox.ts'], lucia, sdks, scopeMaker, aliases),
	closed(['src/lib/server/http/**'], lucia, sdks, scopeMaker, sandbox),
	closed(['src/lib/server/providers/**'], lucia, scopeMaker, sandbox, aliases),
	closed(['src/lib/server/access/sessions.ts'], sdks, scopeMaker, sandbox, aliases),
	// whoever comes in with a key or a token brings no session, and meets no hook
	closed(['src/lib/server/access/{keys,tokens}.ts'], lucia, sdks, sandbox, aliases),
	closed(['src/lib/server/jobs/worker.ts'], lucia, sdks, sandbox, aliases),
	closed(['src/hooks.server.ts'], lucia, sdks, sandbox),
	closed(['src/launch/**'], lucia, sdks, aliases),
	closed(['src/sandbox/**'], lucia, sdks, scopeMaker, server, aliases)
);
