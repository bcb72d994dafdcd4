import type { ViteUserConfig } from 'vitest/config';
import config from '../../vite.config.ts';

// The tests as one project, so that the harness changes one template and one copy of the source.
const { projects: _, ...test } = (config as ViteUserConfig).test!;

export default {
	...config,
	test: {
		...test,
		include: ['tests/**/*.test.ts'],
		globalSetup: ['tests/support/run/global-setup.ts']
	}
} satisfies ViteUserConfig;
