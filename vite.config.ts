import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { type Plugin, defineConfig } from 'vitest/config';
import { KeptWorkers } from './tests/support/run/kept-worker.ts';
import { chunks, compileHints } from './src/launch/chunks.ts';
import { exactSvelte } from './src/launch/exact-svelte.ts';
import { icons } from './src/launch/icons.ts';
import { inlined } from './src/launch/inlined.ts';
import { sheets } from './src/launch/sheets.ts';
import { SlowestFirst } from './tests/support/run/slowest-first.ts';

/** Asks no database: rules, and what speaks to servers that the test itself starts. */
const pure = [
	...['core', 'contract', 'components', 'client', 'mutate', 'sandbox'].map((room) => `tests/${room}/**/*.test.ts`),
	'tests/{bench/*,folders,paths}.test.ts',
	// the rest of the command line speaks to the built app
	...['*', '!(remote)/**/*', 'remote/{merge,sending}'].map((tests) => `tests/cli/${tests}.test.ts`),
	'tests/launch/{chunks,exact-svelte,icons,serving,sheets,votes,workflows}.test.ts',
	'tests/routes/{add/preview,docs/*,rate/*}.test.ts',
	'tests/server/access/oauth-endpoints.test.ts',
	// `environment` leaves its variables behind
	'tests/server/providers/!(environment).test.ts',
	// `bombs` fills the memory, `secure` is configured, `recheck` and `upload` have a database
	'tests/server/http/!(bombs|mcp|recheck|secure|upload).test.ts',
	'tests/server/platform/{beside,db/dangers,db/new-id,db/rows,mail/messages}.test.ts'
];

/** To start a process and to load the packages takes longer than most tests. */
const kept = new KeptWorkers();
const endKept: Plugin = {
	name: 'end-kept-workers',
	configureVitest: ({ vitest }) => vitest.onClose(() => kept.end())
};

export default defineConfig({
	// not among the packages: rolling.test.ts runs an earlier version on the same ones, which would throw away what this one has made of them
	cacheDir: '.svelte-kit/vite',
	plugins: [icons(), sheets(), tailwindcss(), sveltekit(), exactSvelte(), inlined(), compileHints(), endKept],
	environments: {
		client: {
			build: {
				// a list of what each page needs is two kB in front of every page; a link is fetched when a pointer comes near it
				modulePreload: false,
				rolldownOptions: { output: { codeSplitting: chunks() } }
			}
		}
	},
	test: {
		projects: [
			// nothing is left behind, so one worker takes file after file without loading everything anew
			{ extends: true, test: { name: 'pure', include: pure, isolate: false } },
			{
				extends: true,
				test: {
					name: 'app',
					include: ['tests/**/*.test.ts'],
					exclude: pure,
					pool: kept.pool,
					globalSetup: ['tests/support/run/global-setup.ts']
				}
			}
		],
		sequence: { sequencer: SlowestFirst },
		deps: {
			optimizer: {
				ssr: {
					enabled: true,
					include: [
						'drizzle-orm',
						'drizzle-orm/pg-core',
						'drizzle-orm/postgres-js',
						'drizzle-orm/postgres-js/migrator',
						'openai',
						'postgres',
						'together-ai',
						'valibot'
					]
				}
			}
		},
		setupFiles: ['tests/support/run/setup.ts'],
		// most of what they do is waiting: for Postgres, for a clock, for processes they start
		maxWorkers: 4,
		testTimeout: 90_000,
		hookTimeout: 150_000,
		// how long a wait takes on a busy machine says nothing
		expect: { poll: { timeout: 60_000 } }
	}
});
