import { defineConfig } from 'vitest/config';

// For the mutants of core alone: no plugins and no database.
export default defineConfig({
	test: {
		include: ['tests/core/**/*.test.ts'],
		testTimeout: 600_000,
		execArgv: ['--max-old-space-size=2048'] // what runs without end ends there
	}
});
