import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../../src/lib/server/platform/db/embedded.ts';
import { migrate } from '../../../src/lib/server/platform/db/migrate.ts';
import { fastDir } from '../database/fast-dir.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Of the superuser or at least of a role that may create databases. Nothing is provided to tests without I/O. */
		ownerUrl?: string;
		appUrl?: string;
		queueUrl?: string;
		socketDir?: string;
		template?: string;
	}
}

/**
 * One Postgres for the whole run, with one migrated template from which every test file gets a copy (20 ms). Give
 * TEST_DATABASE_URL to use a server of your own.
 */
export default async function globalSetup(project: TestProject) {
	const template = `aitelier_template_${randomBytes(4).toString('hex')}`;
	project.provide('template', template);
	const room = fs.mkdtempSync(path.join(fastDir(), 'aitelier-test-'));
	fs.chmodSync(room, 0o711); // Postgres runs as somebody else when we are root
	const server = process.env.TEST_DATABASE_URL
		? { url: process.env.TEST_DATABASE_URL, socketDir: undefined, stop: async () => {} }
		: await startEmbeddedPostgres({
				dir: path.join(room, 'postgres'),
				settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' }
			});
	const admin = postgres(server.url, { max: 1, onnotice: () => {} });
	const suite = `aitelier_suite_${randomBytes(4).toString('hex')}`;
	const roles = { app: `${suite}_app`, queue: `${suite}_queue` };
	const finish = async () => {
		await admin`drop database if exists ${admin(template)} with (force)`;
		for (const role of Object.values(roles)) await admin`drop role if exists ${admin(role)}`;
		await admin.end({ timeout: 1 });
		await server.stop();
		fs.rmSync(room, { recursive: true, force: true });
	};
	try {
		await admin`create database ${admin(template)}`;
		const ownerUrl = onDatabase(server.url, template);
		// not `aitelier_app`: a test that starts the platform gives that one a password, for every database of the server
		const as = (username: string) =>
			Object.assign(new URL(ownerUrl), { username, password: randomBytes(12).toString('hex') }).href;
		const { appUrl, queueUrl } = await migrate({ ownerUrl, appUrl: as(roles.app), queueUrl: as(roles.queue) });
		project.provide('ownerUrl', ownerUrl);
		project.provide('appUrl', appUrl);
		project.provide('queueUrl', queueUrl);
		project.provide('socketDir', server.socketDir);
	} catch (error) {
		await finish();
		throw error;
	}
	return finish;
}

function onDatabase(url: string, name: string) {
	const at = new URL(url);
	at.pathname = `/${name}`;
	return at.href;
}
