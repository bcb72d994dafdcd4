// The directions of DESIGN.md §2. Type-only imports count too, except for cycles, which they cannot close at run time.

const only = (name, comment, from, ...allowed) => ({
	name,
	comment,
	severity: 'error',
	from,
	to: { path: '^src/', pathNot: allowed }
});
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const core = '^src/lib/core/';
const server = '^src/lib/server/';
const sandbox = '^src/sandbox/';
const components = '^src/lib/components/';
const paths = '^src/lib/paths[.]ts$';
const kit = '(^|/)node_modules/@sveltejs/kit/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		never(
			'core-is-pure',
			'Core decides: no I/O, no clock, no randomness. It gets values and imports core and valibot.',
			{ path: core },
			{ pathNot: [core, '(^|/)node_modules/valibot/'] }
		),
		only(
			'ui-knows-nothing-of-us',
			'components/ui are primitives: whatever they need of the product is a prop.',
			{ path: '^src/lib/components/ui/' },
			'^src/lib/components/ui/'
		),
		only(
			'components-do-not-ask',
			'Components show what they are given: they know core, other components and the addresses of pages.',
			{ path: components },
			components,
			core,
			paths
		),
		only(
			'server-does-not-know-pages',
			'Use cases are asked by pages, REST and jobs alike, so they know none of them.',
			{ path: server },
			server,
			core,
			paths
		),
		only('paths-are-text', 'paths.ts is imported everywhere and imports at most core.', { path: paths }, core),
		only(
			'cli-is-a-client',
			'The command line works on files and the REST API; of the server it shares the provider translators only.',
			{ path: '^src/cli/' },
			'^src/cli/',
			core,
			'^src/lib/server/providers/'
		),
		only(
			'sandbox-is-a-program',
			'The sandbox stands where a provider stands: it knows of us what a provider could know, and core.',
			{ path: sandbox },
			sandbox,
			core
		),
		never(
			'nobody-imports-the-sandbox',
			'It is started and spoken to over HTTP. Only launchers and tests may look inside.',
			{ path: '^src/', pathNot: `${sandbox}|^src/launch/` },
			{ path: sandbox }
		),
		only(
			'launch-starts-the-server',
			'Launchers start the server side; pages are none of their business.',
			{ path: '^src/launch/' },
			'^src/launch/',
			sandbox,
			server,
			core,
			paths
		),
		never(
			'nobody-launches',
			'What is launched does not import its launcher.',
			{ path: '^src/', pathNot: '^src/launch/' },
			{ path: '^src/launch/' }
		),
		never(
			'nobody-imports-routes',
			'A route is a way in, not a part: move what two need to components or server.',
			{ path: '^src/', pathNot: '^src/(routes/|hooks[.])' },
			{ path: '^src/(routes/|hooks[.])' }
		),
		never(
			'pages-run-in-the-browser',
			'A page gets server data from its load; only types may come from the server.',
			{ path: '[.]svelte([.]ts)?$' },
			{ path: server, dependencyTypesNot: ['type-only'] }
		),
		never(
			'kit-at-the-doors',
			'Below http and identity nothing knows that there is a web framework: jobs and the command line call it too.',
			{ path: '^src/(lib/(core|server)|sandbox|cli|launch)/', pathNot: '^src/lib/server/(http|identity)/' },
			{ path: kit }
		),
		never(
			'sdks-in-providers',
			'Providers translate, and nobody else speaks their language.',
			{ path: '^src/', pathNot: '^src/lib/server/providers/' },
			{ path: '(^|/)node_modules/(openai|together-ai)/' }
		),
		never(
			'lucia-in-sessions',
			'lucia is in maintenance: one file knows it, so that one file replaces it.',
			{ path: '^src/', pathNot: '^src/lib/server/identity/sessions[.]ts$' },
			{ path: '(^|/)node_modules/lucia/' }
		),
		never(
			'no-cycles',
			'Two modules that need each other are one, or miss a third.',
			{ path: `${core}|${server}|${sandbox}|^src/cli/|^src/launch/` },
			{ circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
		),
		never(
			'plain-node-has-no-dev-packages',
			'These run in production without the development packages.',
			{ path: '^src/(lib/(core|server)|sandbox|cli|launch)/', pathNot: '^src/lib/server/(http|identity)/' },
			{ dependencyTypes: ['npm-dev'], pathNot: '(^|/)node_modules/@types/' }
		),
		never(
			'found',
			'The import leads nowhere.',
			{ path: '^src/' },
			{ couldNotResolve: true, pathNot: '^([$](app|env|service-worker)|[.]/[$]types)' }
		)
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		webpackConfig: { fileName: 'tests/support/lint-aliases.cjs' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['svelte', 'import', 'node', 'default']
		}
	}
};
