import './node24.ts';
import './env-file.ts';
import { to } from '../lib/paths.ts';
import { config } from '../lib/server/config.ts';
import { closePools, plainPool } from '../lib/server/db/pools.ts';
import { startPlatform } from '../lib/server/platform.ts';
import { nextFreePort } from '../lib/server/process.ts';
import { configureProviders } from '../lib/server/providers/index.ts';
import { runUntilStopped, startNode } from './children.ts';
import { demoHouse, demoSlug, signInUrl } from './demo-team.ts';

// `npm run dev`: everything the app needs, a demo project in an empty database, and vite.

const log = (line: string) => console.log(line);

await runUntilStopped(async (later) => {
	const port = process.env.PORT || (await nextFreePort(3000));
	process.env.PORT = String(port);
	const platform = await startPlatform({ note: log });
	later(platform.stop);

	const [{ empty } = { empty: false }] = await plainPool()`select not exists (select from people) as empty`;
	if (empty) {
		configureProviders({ allowLocal: config().allowLocalProviders });
		const { team } = await demoHouse();
		log(
			`A demo team is there. This link signs you in, once: ${await signInUrl(config().origin, to.project(team.slug, demoSlug))}`
		);
	}
	await closePools();

	const vite = startNode(['node_modules/vite/bin/vite.js', 'dev', '--port', String(port), '--strictPort'], {
		env: { NODE_ENV: 'development' }
	});
	later(vite.stop);
	return vite.ended;
});
