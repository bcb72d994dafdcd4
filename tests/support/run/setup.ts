import '../database/fresh.ts';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import postgres from 'postgres';
import { afterAll, afterEach, beforeEach, inject } from 'vitest';
import { fastDir } from '../database/fast-dir.ts';

// Runs before the imports of every test file. Each file gets a directory of its own and, outside the
// rooms without I/O (vite.config.ts), a database, named by the variables that the app reads.

const ownerUrl = inject('ownerUrl');
const room = fs.mkdtempSync(path.join(fastDir(), 'aitelier-file-'));

Object.assign(process.env, {
	NODE_ENV: 'test',
	ORIGIN: 'http://localhost:3000',
	DATA_DIR: room,
	KEKS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
	MAIL_FROM: 'aitelier <no-reply@aitelier.localhost>',
	ALLOW_LOCAL_PROVIDERS: 'true',
	POLL_SECONDS: '1',
	LOG_LEVEL: 'error'
});

const database = `aitelier_test_${randomBytes(6).toString('hex')}`;
const admin = ownerUrl ? postgres(on(ownerUrl, 'postgres'), { max: 1, onnotice: () => {} }) : undefined;
if (admin) {
	await admin.unsafe(`create database ${database} template ${inject('template')!} strategy file_copy`);
	process.env.DATABASE_URL = on(ownerUrl!, database);
	process.env.APP_DATABASE_URL = on(inject('appUrl')!, database);
	process.env.QUEUE_DATABASE_URL = on(inject('queueUrl')!, database);
	const socketDir = inject('socketDir');
	if (socketDir) process.env.DATABASE_SOCKET_DIR = socketDir;
	// host:port of a pooler in front of TEST_DATABASE_URL: what serves goes through it, and what listens does not
	const pooler = process.env.TEST_POOLER;
	if (pooler) {
		process.env.LISTEN_DATABASE_URL = process.env.APP_DATABASE_URL;
		process.env.APP_DATABASE_URL = Object.assign(new URL(process.env.APP_DATABASE_URL), { host: pooler }).href;
	}
}

afterAll(async () => {
	fs.rmSync(room, { recursive: true, force: true });
	if (!admin) return;
	await admin.unsafe(`drop database if exists ${database} with (force)`);
	await admin.end({ timeout: 1 });
});

// What complains on the console complains to nobody: it fails the test. A test that expects it puts its own spy on it.
const complaints: string[] = [];
beforeEach(() => {
	complaints.length = 0;
	console.error = (...words: unknown[]) => void complaints.push(format(...words));
});
afterEach(() => {
	if (complaints.length) throw new Error(`console.error was called:\n${complaints.join('\n')}`);
});

function on(url: string, name: string) {
	const at = new URL(url);
	at.pathname = `/${name}`;
	return at.href;
}
