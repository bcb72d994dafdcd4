import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { defineConfig, devices } from '@playwright/test';
import { freePort } from './src/lib/server/platform/process.ts';
import { findChromium } from './tests/support/browser/browser.ts';
import { fastDir } from './tests/support/database/fast-dir.ts';

// The workers read this file again: they must find the same port and directory.
process.env.E2E_PORT ??= String(await freePort());
process.env.E2E_DIR ??= path.join(fastDir(), `aitelier-e2e-${randomBytes(6).toString('hex')}`);

const baseURL = `http://localhost:${process.env.E2E_PORT}`;
const launchOptions = {
	executablePath: findChromium(),
	args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
};

export default defineConfig({
	testDir: 'tests/e2e',
	testMatch: '**/*.e2e.ts',
	outputDir: 'test-results',
	// Node reads these as they are: to translate them takes longer than most tests, and each worker would take them from another thread
	build: { external: ['**/src/**', '**/tests/support/**'] },
	workers: 2,
	retries: 0,
	forbidOnly: true,
	// a wait may take long on a busy machine, and says nothing of the app
	timeout: 180_000,
	expect: { timeout: 45_000 },
	reporter: 'list',
	use: { baseURL, launchOptions, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
	// A device brings launch options of its own, so ours are said again
	projects: [
		{
			name: 'desktop',
			testIgnore: ['**/phone.e2e.ts', '**/webkit.e2e.ts'],
			use: { ...devices['Desktop Chrome'], launchOptions }
		},
		{
			name: 'phone',
			testMatch: '**/phone.e2e.ts',
			use: { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, launchOptions }
		},
		// brings its browser itself, see tests/support/browser/webkit.ts
		{ name: 'webkit', testMatch: '**/webkit.e2e.ts' }
	],
	webServer: {
		command: 'exec node tests/support/app/e2e-server.ts',
		url: `${baseURL}/readyz`,
		timeout: 120_000,
		gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
		stdout: 'ignore',
		stderr: 'pipe'
	}
});
