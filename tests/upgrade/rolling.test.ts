import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compiled } from '../support/run/compiled.ts';
import { fastDir } from '../support/database/fast-dir.ts';
import { newestMigration } from '../support/database/earlier-state.ts';

// While a new version comes, the one before serves beside it, on tables that the new one has brought up to date. So its own tests are asked, as
// it landed, with the migrations and functions of today. (The other way round there is nothing to ask: a version refuses to serve on tables
// older than itself, platform/start.test.ts.)

/** What people and jobs do: every operation by every role, and what is done every second. Not what a test says of tables. */
const asked = [
	'operations.test.ts',
	'events/hub.test.ts',
	'ratings',
	'evaluations/vote.test.ts',
	'runs/submit.test.ts'
];
const room = fs.mkdtempSync(path.join(fastDir(), 'aitelier-before-'));
afterAll(() => fs.rmSync(room, { recursive: true, force: true }));

const git = (...words: string[]) => execFileSync('git', words, { encoding: 'utf8', maxBuffer: 1 << 29 }).trim();

/** The state before the first of the migrations that are newer than the last landing's dump; nothing where the history is not here. */
const landedBefore = (): string | undefined => {
	const numbered = (folder: string, names: RegExp) =>
		fs
			.readdirSync(folder)
			.filter((name) => names.test(name))
			.sort();
	const newest = newestMigration();
	const dump = numbered(import.meta.dirname, /^\d{4}\.sql$/).findLast((name) => name.slice(0, 4) < newest)!;
	const first = numbered('drizzle', /^\d{4}_.*\.sql$/).find((name) => name.slice(0, 4) > dump.slice(0, 4))!;
	try {
		const added = git('log', '--format=%H', '--diff-filter=A', '--', `drizzle/${first}`).split('\n').at(-1);
		return added && git('rev-parse', `${added}^`);
	} catch {
		return undefined;
	}
};

const commit = landedBefore();
if (!commit) console.warn('The version before is not asked: this copy has no history.');

test.skipIf(!commit)(
	'the version that landed before works on the tables of this one',
	{ timeout: 600_000 },
	async () => {
		const archive = path.join(room, 'before.tar');
		const parts = git('ls-tree', '--name-only', commit!)
			.split('\n')
			.filter((name) => name !== 'drizzle');
		git('archive', '--output', archive, commit!, ...parts);
		execFileSync('tar', ['xf', archive, '-C', room]);
		fs.cpSync('drizzle', path.join(room, 'drizzle'), { recursive: true });
		fs.symlinkSync(path.resolve('node_modules'), path.join(room, 'node_modules'));

		const { PATH, HOME, TMPDIR, DATABASE_URL } = process.env;
		const server = Object.assign(new URL(DATABASE_URL!), { pathname: '/postgres' }).href;
		const files = asked
			.map((name) => path.join('tests/server', name))
			.filter((name) => fs.existsSync(path.join(room, name)));
		// beside it the others run: each worker more has to load everything once more
		const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=2', ...files], {
			cwd: room,
			env: { PATH, HOME, TMPDIR, TEST_DATABASE_URL: server, NODE_COMPILE_CACHE: compiled, NO_COLOR: '1' },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		let said = '';
		for (const stream of [run.stdout, run.stderr]) stream.on('data', (piece: Buffer) => (said += piece));
		const [code] = await once(run, 'close');
		expect(code, `${commit} on the tables of today:\n${said.split('\n').slice(-60).join('\n')}`).toBe(0);
		expect(Number(/Tests\s+(\d+) passed/.exec(said)?.[1])).toBeGreaterThan(100);
	}
);
