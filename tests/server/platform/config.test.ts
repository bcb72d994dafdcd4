import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { config, ConfigError, readConfig } from '../../../src/lib/server/platform/config.ts';
import { encodeKeks } from '../../../src/lib/server/platform/config-secrets.ts';
import { variableNames } from '../../../src/lib/server/platform/config-variables.ts';

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-config-'));
afterAll(() => fs.rmSync(room, { recursive: true }));

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const production = {
	NODE_ENV: 'production',
	DATABASE_URL: 'postgres://owner:o@db:5432/aitelier',
	APP_DATABASE_URL: 'postgres://aitelier_app:a@db:5432/aitelier',
	QUEUE_DATABASE_URL: 'postgres://aitelier_queue:q@db:5432/aitelier',
	ORIGIN: 'https://aitelier.example.com/',
	KEKS: `b:${key(2)},a:${key(1)}`,
	ADDRESS_HEADER: 'x-forwarded-for',
	SMTP_URL: 'smtps://u:p@mail.example.com',
	MAIL_FROM: 'aitelier <no-reply@example.com>'
};
const problemsOf = (env: Record<string, string | undefined>) => {
	try {
		readConfig(env);
	} catch (error) {
		expect(error).toBeInstanceOf(ConfigError);
		return (error as Error).message;
	}
	return undefined;
};

test('.env.example documents every variable, once, and no other', () => {
	const documented = fs.readFileSync('.env.example', 'utf8').match(/^[A-Z_]+(?==)/gm);
	expect(documented?.toSorted()).toEqual([...variableNames].sort());
});

test('a complete production configuration is read, the first key encrypts', () => {
	const read = readConfig(production);
	expect(read).toMatchObject({
		production: true,
		role: 'all',
		origin: 'https://aitelier.example.com',
		port: 3000,
		pollSeconds: 10
	});
	expect(read.keks.map(({ id, key }) => [id, key[0], key.length])).toEqual([
		['b', 2, 32],
		['a', 1, 32]
	]);
	expect(encodeKeks(read.keks)).toBe(production.KEKS);
});

test('everything that production needs and lacks is named in one message', () => {
	const message = problemsOf({ NODE_ENV: 'production', PORT: 'http', ROLE: 'boss' })!;
	for (const name of [
		'DATABASE_URL',
		'APP_DATABASE_URL',
		'QUEUE_DATABASE_URL',
		'ORIGIN',
		'KEKS',
		'SMTP_URL',
		'MAIL_FROM'
	])
		expect(message).toContain(`${name} is missing.`);
	expect(message).toContain('PORT must be a whole number from 0 to 65535.');
	expect(message).toContain('ROLE must be all, web or worker.');
	expect(new ConfigError([]).exitCode).toBe(78);
});

test.each([
	['http on a public name', { ORIGIN: 'http://aitelier.example.com' }, 'ORIGIN must begin with https://'],
	['the owner serving', { APP_DATABASE_URL: production.DATABASE_URL }, 'APP_DATABASE_URL must log in as another role'],
	[
		'the queue as the role that serves',
		{ QUEUE_DATABASE_URL: production.APP_DATABASE_URL },
		'QUEUE_DATABASE_URL must log in as a third role'
	],
	[
		'the queue as the owner',
		{ QUEUE_DATABASE_URL: production.DATABASE_URL },
		'QUEUE_DATABASE_URL must log in as a third role'
	],
	['a short key', { KEKS: 'a:c2hvcnQ=' }, 'KEKS must be a list'],
	['two keys of one name', { KEKS: `a:${key(1)},a:${key(2)}` }, 'KEKS must be a list'],
	['asking every second', { POLL_SECONDS: '1' }, 'POLL_SECONDS must be at least 5'],
	['a proxy that names no visitor', { ADDRESS_HEADER: '' }, 'ADDRESS_HEADER is missing'],
	['half a GitHub app', { GITHUB_CLIENT_ID: 'x' }, 'GITHUB_CLIENT_SECRET missing'],
	['another database', { DATABASE_URL: 'mysql://db/x' }, 'DATABASE_URL must be the address of a PostgreSQL database'],
	[
		'a file that is not there',
		{ KEKS: '', KEKS_FILE: '/nowhere/keks' },
		'KEKS_FILE names a file that cannot be read: /nowhere/keks'
	]
])('production refuses %s', (_, change, expected) => {
	const message = problemsOf({ ...production, ...change })!;
	expect(message).toContain(expected);
	expect(message.trim().split('\n')).toHaveLength(3); // heading, this problem, where to read on
});

test('localhost may do without https, the sandbox may be asked every second', () => {
	expect(problemsOf({ ...production, ORIGIN: 'http://localhost:3000' })).toBeUndefined();
	expect(problemsOf({ ...production, POLL_SECONDS: '1', SANDBOX_URL: 'http://sandbox:4010' })).toBeUndefined();
});

test('a secret may come from a file', () => {
	const file = path.join(room, 'keks');
	fs.writeFileSync(file, `c:${key(3)}\n`);
	expect(readConfig({ ...production, KEKS: undefined, KEKS_FILE: file }).keks[0]!.id).toBe('c');
});

test('outside production nothing is needed; the key is made once, for nobody else to read', () => {
	const env = { DATA_DIR: path.join(room, 'data') };
	const first = readConfig(env);
	expect(first).toMatchObject({
		production: false,
		origin: 'http://localhost:3000',
		databaseUrl: undefined,
		pollSeconds: 10
	});
	expect(readConfig(env).keks).toEqual(first.keks);
	expect(fs.statSync(path.join(room, 'data', 'secrets.json')).mode & 0o777).toBe(0o600);
	expect(fs.readdirSync(path.join(room, 'data'))).toEqual(['secrets.json']);
	expect(readConfig({ DATA_DIR: path.join(room, 'other') }).keks).not.toEqual(first.keks);
});

test('a process reads its configuration once', () => {
	const first = config();
	process.env.POLL_SECONDS = '77';
	expect(config()).toBe(first);
	expect(config().pollSeconds).toBe(1);
});
