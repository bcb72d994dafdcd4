import './node24.ts';
import './env-file.ts';
import { startPlatform } from '../lib/server/platform/start.ts';
import { explain } from './children.ts';

// `npm run db:migrate`: brings the configured database, or the built-in one, to the state this version needs.

try {
	const platform = await startPlatform({ note: (line) => console.log(line), sandbox: false });
	const [app, queue] = [platform.appUrl, platform.queueUrl].map((url) => url && new URL(url).username);
	console.log(`The database is up to date; "${app}" may serve it, "${queue}" may run its queue.`);
	await platform.stop();
} catch (error) {
	process.exitCode = explain(error);
}
process.exit();
