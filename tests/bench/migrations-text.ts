import fs from 'node:fs';
import path from 'node:path';

/** What a filled database hangs on. Functions are not in it: they are those of today whenever it starts. */
export const migrationsText = (): string =>
	fs
		.readdirSync('drizzle')
		.filter((file) => file.endsWith('.sql'))
		.sort()
		.map((file) => fs.readFileSync(path.join('drizzle', file), 'utf8'))
		.join('\n');
