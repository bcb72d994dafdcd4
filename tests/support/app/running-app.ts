import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';

/**
 * The app that e2e-server.ts has started, from behind: its database as the owner of the tables, and, by the same
 * variables, our own use cases on it. Call it once per file, in beforeAll, and `close` it afterwards.
 */
export const openApp = () => {
	const { E2E_DIR: dir, E2E_PORT: port } = process.env;
	const platform = JSON.parse(fs.readFileSync(path.join(dir!, 'platform.json'), 'utf8')) as Record<
		'ownerUrl' | 'appUrl' | 'sandboxUrl',
		string
	>;
	Object.assign(process.env, {
		DATA_DIR: dir,
		DATABASE_URL: platform.ownerUrl,
		APP_DATABASE_URL: platform.appUrl,
		SANDBOX_URL: platform.sandboxUrl,
		ORIGIN: `http://localhost:${port}`,
		ALLOW_LOCAL_PROVIDERS: 'true'
	});
	const owner = postgres(platform.ownerUrl, { max: 2, onnotice: () => {} });
	return {
		owner,
		origin: `http://localhost:${port}`,
		sandboxUrl: platform.sandboxUrl,
		close: async () => {
			await closePools();
			await owner.end();
		}
	};
};
export type RunningApp = ReturnType<typeof openApp>;
