import './node24.ts';
import './env-file.ts';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { readConfig } from '../lib/server/platform/config.ts';
import { startEmbeddedPostgres } from '../lib/server/platform/db/embedded.ts';
import { headLine, readHeads } from '../lib/server/verify/heads.ts';
import { verify } from '../lib/server/verify/verify.ts';
import { explain } from './children.ts';

// `npm run verify`: computes anew, over all teams, whatever is derived, and says what differs. Changes nothing, migrates nothing.
// It also says where each team's audit log ends. `npm run verify -- --heads FILE` holds the logs against what it said before: the
// only way to notice that an end was cut off, or all of it written anew.

const verifyAll = async (): Promise<number> => {
	const { values } = parseArgs({ options: { heads: { type: 'string' } } });
	const kept = values.heads ? readHeads(fs.readFileSync(values.heads, 'utf8')) : [];
	const { databaseUrl, appDatabaseUrl, dataDir } = readConfig(process.env);
	if (!databaseUrl && appDatabaseUrl)
		throw new Error('Only the owner of the tables sees all teams: give DATABASE_URL as well.');
	const embedded = databaseUrl ? undefined : await startEmbeddedPostgres({ dir: path.join(dataDir, 'postgres') });
	const sql = postgres(databaseUrl ?? embedded!.url, { max: 1, onnotice: () => {} });
	let differences = 0;
	try {
		const say = (sentence: string) => {
			differences++;
			console.log(sentence);
		};
		const { seen, heads } = await verify(sql, say, kept);
		for (const head of heads) console.log(headLine(head));
		const looked = Object.entries(seen).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
		console.log(`Looked at ${looked.join(', ')}.`);
		if (differences === 0) console.log('All is as it follows from what people and runs did.');
		else console.log(`${differences.toLocaleString('en')} ${differences === 1 ? 'difference' : 'differences'}.`);
	} finally {
		await sql.end({ timeout: 5 });
		await embedded?.stop();
	}
	return differences === 0 ? 0 : 1;
};

process.exit(await verifyAll().catch(explain));
