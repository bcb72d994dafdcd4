import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pythonPrograms } from './python.ts';

// squawk reads every migration since 0033. (tests/server/platform/db/dangers.test.ts asks the same of all of them without it, in npm test.)

/** What the way they are run answers already. */
const answered = [
	'require-lock-timeout', // platform/db/migrate.ts sets both
	'require-statement-timeout',
	'prefer-robust-stmts', // in one transaction, or alone: then migrations.ts knows what is there
	'identifier-too-long' // Postgres cuts drizzle's names, and both know them by what is left
];
/** What is meant, with what `-- safe:` or the comment beside it says. */
const meant: Record<string, string[]> = {
	'0033_examples_key.sql': ['ban-drop-constraint', 'ban-drop-function'],
	'0037_contenders.sql': ['ban-drop-constraint', 'ban-drop-not-null'],
	// of the table of an hour's rows, whose statements wait two seconds at most
	'0039_outbox_parts.sql': [
		'ban-alter-identity',
		'ban-drop-constraint',
		'require-concurrent-index-creation',
		'require-concurrent-index-deletion'
	]
};

type Finding = { file: string; line: number; rule_name: string; message: string };

export const migrations = async (): Promise<{ passed: number; failed: number }> => {
	const programs = pythonPrograms(console.log, 'tests/conformance/requirements-migrations.txt');
	const files = fs
		.readdirSync('drizzle')
		.filter((name) => /^\d{4}_.*\.sql$/.test(name) && name.slice(0, 4) > '0032')
		.map((name) => path.join('drizzle', name));
	const { stdout, error } = spawnSync(
		path.join(programs, 'squawk'),
		['--reporter', 'json', ...answered.flatMap((rule) => ['--exclude', rule]), ...files],
		{ encoding: 'utf8' }
	);
	if (error) throw error;
	const found = (JSON.parse(stdout) as Finding[]).filter(
		({ file, rule_name: rule }) => !meant[path.basename(file)]?.includes(rule)
	);
	for (const { file, line, rule_name, message } of found)
		console.log(`FAILED ${file}:${line + 1} ${rule_name}: ${message}`);
	const failed = new Set(found.map(({ file }) => file)).size;
	return { passed: files.length - failed, failed };
};
