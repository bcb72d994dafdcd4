import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './tests/support/slowest-first.ts';

const pure = [
	...['core', 'contract', 'components', 'client'].map((room) => `tests/${room}/**/*.test.ts`),
	// the rest of the command line speaks to the built app
	...['*', '!(remote)/**/*'].map((tests) => `tests/cli/${tests}.test.ts`)
];

export default defineConfig({
	plugins: [tailwindcss(), sveltekit()],
	test: {
		projects: [
			// without I/O nothing is left behind, so one worker takes file after file without loading everything anew
			{ extends: true, test: { name: 'pure', include: pure, isolate: false } },
			{
				extends: true,
				test: {
					name: 'app',
					include: ['tests/**/*.test.ts'],
					exclude: pure,
					globalSetup: ['tests/support/global-setup.ts']
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
		setupFiles: ['tests/support/setup.ts'],
		// most of what they do is waiting: for Postgres, for a clock, for processes they start
		maxWorkers: 4,
		testTimeout: 90_000,
		hookTimeout: 150_000,
		// how long a wait takes on a busy machine says nothing
		expect: { poll: { timeout: 60_000 } }
	}
});
