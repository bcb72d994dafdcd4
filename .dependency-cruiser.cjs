// Which way imports go (README: how a request flows; CONTRIBUTING: where a thing goes). Type-only imports count too, for circles as well: what is needed to read a file is not in one that needs it.

const only = (name, comment, from, ...allowed) => ({
	name,
	comment,
	severity: 'error',
	from,
	to: { path: '^src/', pathNot: allowed }
});
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const core = '^src/lib/core/';
const contract = '^src/lib/contract/';
const server = '^src/lib/server/';
const components = '^src/lib/components/';
const client = '^src/lib/client/';
const paths = '^src/lib/paths[.]ts$';
const kit = '(^|/)node_modules/@sveltejs/kit/';
const room = (name) => `^src/lib/server/${name}/`;

/**
 * Which features a feature may know, and of those only rows.ts and commands.ts. Each knows none that comes after it, so
 * there is no circle: a feature that wants one needs a third, or an event.
 */
const features = [
	'account',
	'team',
	'connections',
	'keys',
	'project',
	'budget',
	'examples',
	'prompts',
	'ratings',
	'splits',
	'runs',
	'servings',
	'evaluations',
	'playground',
	'webhooks',
	'activity',
	'ends'
];
const below = ['platform', 'access', 'events', 'jobs', 'providers'].map(room);

const featureRules = features.map((feature, place) =>
	only(
		`${feature}-knows-what-comes-before`,
		'A feature imports what lies below all of them, and rows.ts and commands.ts of the features before it; of the examples and the prompts also what compares them, what stands guard where they come in, and their marks.',
		{ path: room(feature) },
		room(feature),
		...below,
		...features
			.slice(0, place)
			.map(
				(earlier) =>
					`^src/lib/server/${earlier}/(rows|commands${['examples', 'prompts'].includes(earlier) ? '|compare|guard|marks' : ''})[.]ts$`
			),
		// what a dashboard shows is what the features answer
		...(feature === 'activity' ? ['^src/lib/server/examples/queries[.]ts$'] : []),
		contract,
		core,
		paths
	)
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		never(
			'core-is-pure',
			'Core decides: no I/O, no clock, no randomness. It gets values and imports core and valibot.',
			{ path: core },
			{ pathNot: [core, '(^|/)node_modules/valibot/'] }
		),
		never(
			'contract-is-pure',
			'The contract says what crosses the boundary, for the server, the pages, scripts and the command line alike.',
			{ path: contract },
			{ pathNot: [core, contract, '(^|/)node_modules/(valibot|@valibot/to-json-schema)/'] }
		),
		only(
			'ui-knows-nothing-of-us',
			'components/ui are primitives: whatever they need of the product is a prop.',
			{ path: '^src/lib/components/ui/' },
			'^src/lib/components/ui/'
		),
		only(
			'components-do-not-ask',
			'Components show what they are given: they know the contract, core, other components and the addresses of pages.',
			{ path: components },
			components,
			client,
			contract,
			core,
			paths
		),
		only(
			'client-is-of-the-browser',
			'What runs in the browser for several pages: keys, stores. It knows no component.',
			{ path: client },
			client,
			contract,
			core,
			paths
		),
		only(
			'server-does-not-know-pages',
			'Use cases are asked by pages, REST and jobs alike, so they know none of them.',
			{ path: server },
			server,
			contract,
			core,
			paths
		),
		...featureRules,
		only(
			'platform-lies-below',
			'Configuration, database, log, mail: they know no feature. Of the jobs, migrating knows which queues there are.',
			{ path: room('platform') },
			room('platform'),
			'^src/lib/server/jobs/queues[.]ts$',
			contract,
			core,
			paths
		),
		only(
			'access-and-events-know-no-feature',
			'Who it is, for which team, and what has happened: features build on it.',
			{ path: '^src/lib/server/(access|events|providers|http)/' },
			...['platform', 'access', 'events', 'providers', 'http'].map(room),
			contract,
			core,
			paths
		),
		only(
			'jobs-run-what-features-define',
			'The worker knows the jobs.ts of each feature, and nothing else of them.',
			{ path: room('jobs') },
			...['platform', 'access', 'jobs', 'providers'].map(room),
			'^src/lib/server/[a-z]+/jobs[.]ts$',
			contract,
			core
		),
		only('paths-are-text', 'paths.ts is imported everywhere and imports at most core.', { path: paths }, core),
		only(
			'sandbox-is-a-program-of-its-own',
			'The sandbox stands where a provider would: it shares rules with us, and no code of the server.',
			{ path: '^src/sandbox/' },
			'^src/sandbox/',
			contract,
			core
		),
		never(
			'nobody-imports-the-sandbox',
			'The server meets the sandbox on the wire, as it meets every provider. Launchers start it, and so does `ait sandbox`.',
			{ path: '^src/', pathNot: '^src/(sandbox/|launch/|cli/work/sandbox[.]ts$)' },
			{ path: '^src/sandbox/' }
		),
		only(
			'cli-is-a-client',
			'The command line works on files and the REST API; of the server it shares the provider translators only.',
			{ path: '^src/cli/', pathNot: '^src/cli/work/sandbox[.]ts$' },
			'^src/cli/',
			contract,
			core,
			paths,
			'^src/lib/server/providers/'
		),
		only(
			'a-command-is-words',
			'The table of commands is pure: pages and completion are made from it. What a command does lies in cli/work.',
			{ path: '^src/cli/(command|commands|help|complete|exit-codes|reference)([.]ts$|/)' },
			'^src/cli/(command|commands|help|complete|exit-codes|reference)([.]ts$|/)',
			contract,
			core
		),
		never(
			'only-the-words-of-the-cli',
			'Who is not the command line knows of it what a person can type, for the docs.',
			{ path: '^src/', pathNot: '^src/cli/' },
			{ path: '^src/cli/', pathNot: '^src/cli/reference[.]ts$' }
		),
		only(
			'launch-starts-the-server',
			'Launchers start the server side; pages are none of their business.',
			{ path: '^src/launch/' },
			'^src/launch/',
			'^src/sandbox/',
			server,
			contract,
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
			'kit-stays-outside',
			'Below http and access nothing knows that there is a web framework: jobs and the command line call it too.',
			{ path: '^src/(lib/(core|contract|server)|cli|launch|sandbox)/', pathNot: '^src/lib/server/(http|access)/' },
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
			{ path: '^src/', pathNot: '^src/lib/server/access/sessions[.]ts$' },
			{ path: '(^|/)node_modules/lucia/' }
		),
		never(
			'no-cycles',
			'Two modules that need each other are one, or miss a third.',
			{ path: '^src/' },
			{ circular: true }
		),
		never(
			'plain-node-has-no-dev-packages',
			'These run in production without the development packages.',
			{ path: '^src/(lib/(core|contract|server)|cli|launch|sandbox)/', pathNot: '^src/lib/server/(http|access)/' },
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
		webpackConfig: { fileName: 'tests/support/run/lint-aliases.cjs' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['svelte', 'import', 'node', 'default']
		}
	}
};
