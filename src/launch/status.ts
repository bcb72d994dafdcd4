import './node24.ts';
import './env-file.ts';
import path from 'node:path';
import postgres from 'postgres';
import { readConfig } from '../lib/server/platform/config.ts';
import { startEmbeddedPostgres } from '../lib/server/platform/db/embedded.ts';
import { statusOf } from '../lib/server/platform/db/status.ts';
import { explain } from './children.ts';

// `npm run db:status`: how the database is, for whoever runs it: old transactions, locks that are waited for, dead rows, the age of
// transaction ids, and what takes its time. Exit 1 when something should be done.

const tell = async (): Promise<number> => {
	const { databaseUrl, dataDir } = readConfig(process.env);
	const embedded = databaseUrl ? undefined : await startEmbeddedPostgres({ dir: path.join(dataDir, 'postgres') });
	const sql = postgres(databaseUrl ?? embedded!.url, { max: 1, onnotice: () => {} });
	try {
		const { lines, worries } = await statusOf(sql);
		for (const line of [...lines, ...worries.map((worry) => `! ${worry}`)]) console.log(line);
		return worries.length === 0 ? 0 : 1;
	} finally {
		await sql.end({ timeout: 5 });
		await embedded?.stop();
	}
};

process.exit(await tell().catch(explain));
