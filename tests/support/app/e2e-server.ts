import '../../../src/launch/node24.ts';
import fs from 'node:fs';
import path from 'node:path';
import { variableNames } from '../../../src/lib/server/platform/config-variables.ts';
import { startPlatform } from '../../../src/lib/server/platform/start.ts';
import { ensureBuild } from '../../../src/launch/build.ts';
import { runUntilStopped, startNode } from '../../../src/launch/children.ts';
import { serving } from '../../../src/launch/serving.ts';

// What playwright.config.ts starts: the built app on a platform of its own, which is thrown away at the end.
// E2E_DIR/platform.json tells the tests where the database and the sandbox are.

await runUntilStopped(async (later) => {
	const { E2E_PORT: port, E2E_DIR: dir } = process.env;
	if (!port || !dir) throw new Error('Playwright starts this file, with E2E_PORT and E2E_DIR.');
	for (const name of variableNames) delete process.env[name]; // what the developer configured is not for tests
	await ensureBuild(console.log, path.join(dir, 'build.log'));
	later(async () => fs.rmSync(dir, { recursive: true, force: true }));

	Object.assign(process.env, {
		NODE_ENV: 'test', // every answer is held against its contract
		DATA_DIR: dir,
		PORT: port,
		ORIGIN: `http://localhost:${port}`,
		POLL_SECONDS: '1',
		SANDBOX_SPEED: '20',
		ALLOW_LOCAL_PROVIDERS: 'true',
		LOG_LEVEL: 'warn',
		SHUTDOWN_TIMEOUT: '5'
	});
	const { ownerUrl, appUrl, sandboxUrl, stop } = await startPlatform();
	later(stop);
	fs.writeFileSync(path.join(dir, 'platform.json'), JSON.stringify({ ownerUrl, appUrl, sandboxUrl }), { mode: 0o600 });
	const server = startNode([...serving]);
	later(server.stop);
	return server.ended;
});
