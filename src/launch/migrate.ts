import './node24.ts';
import './env-file.ts';
import { startPlatform } from '../lib/server/platform/start.ts';
import { explain } from './children.ts';

// `npm run db:migrate`: brings the configured database, or the built-in one, to the state this version needs.

try {
	const platform = await startPlatform({ note: (line) => console.log(line), sandbox: false });
	console.log(`The database is up to date; "${new URL(platform.appUrl).username}" may serve it.`);
	await platform.stop();
} catch (error) {
	process.exitCode = explain(error);
}
process.exit();
