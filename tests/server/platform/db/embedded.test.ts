import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { sharedMegabytes, startEmbeddedPostgres } from '../../../../src/lib/server/platform/db/embedded.ts';

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-embedded-'));
fs.chmodSync(room, 0o711);
const dir = path.join(room, 'postgres');
const settings = { fsync: 'off' };
const leftovers: (() => Promise<void>)[] = [];
afterAll(async () => {
	for (const stop of leftovers) await stop();
	fs.rmSync(room, { recursive: true, force: true });
});

const ask = async (url: string, query = 'select 1 as one') => {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		return await sql.unsafe(query);
	} finally {
		await sql.end({ timeout: 1 });
	}
};

test('what was written is there after a stop and a second start, under the same address', async () => {
	const first = await startEmbeddedPostgres({ dir, settings });
	leftovers.push(first.stop);
	expect(first.started).toBe(true);
	await ask(first.url, 'create table kept as select uuidv7() as id');
	const [compression] = await ask(first.url, 'show wal_compression');
	expect(compression).toEqual({ wal_compression: 'pglz' });
	const [{ megabytes }] = (await ask(
		first.url,
		"select setting::int / 128 as megabytes from pg_settings where name = 'shared_buffers'"
	)) as unknown as [{ megabytes: number }];
	expect(megabytes).toBe(sharedMegabytes(Math.min(os.totalmem(), process.constrainedMemory() || Infinity)));
	const [setting] = await ask(first.url, 'show fsync');
	expect(setting!.fsync).toBe('off');
	await first.stop();
	await expect(ask(first.url)).rejects.toThrow(/ECONNREFUSED|CONNECT/);

	const second = await startEmbeddedPostgres({ dir, settings });
	leftovers.push(second.stop);
	expect(second.url).toBe(first.url);
	expect(await ask(second.url, 'select id from kept')).toHaveLength(1);
	await second.stop();
});

test.each([
	[0.5, 128],
	[2, 256],
	[64, 512]
])('of %s GB of memory it keeps pages in %s MB', (gigabytes, megabytes) => {
	expect(sharedMegabytes(gigabytes * 1024 ** 3)).toBe(megabytes);
});

test('the password is for us alone and nobody gets in without it', async () => {
	const server = await startEmbeddedPostgres({ dir, settings });
	leftovers.push(server.stop);
	expect(fs.statSync(`${dir}.json`).mode & 0o777).toBe(0o600);
	expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
	const wrong = new URL(server.url);
	wrong.password = 'guess';
	await expect(ask(wrong.href)).rejects.toMatchObject({ code: '28P01' });
	await server.stop();
});

test('two that start together share one server, and only its starter stops it', async () => {
	const [a, b] = await Promise.all([
		startEmbeddedPostgres({ dir, settings }),
		startEmbeddedPostgres({ dir, settings })
	]);
	const [starter, guest] = a.started ? [a, b] : [b, a];
	leftovers.push(starter.stop);
	expect([starter.started, guest.started]).toEqual([true, false]);
	expect(guest.url).toBe(starter.url);
	await guest.stop();
	expect(await ask(starter.url)).toHaveLength(1);
	await starter.stop();
	await expect(ask(guest.url)).rejects.toThrow();
});

test('a server whose starter was killed is found, used, and stopped by the one that found it', async () => {
	const script = `
		const { startEmbeddedPostgres } = await import(${JSON.stringify(path.resolve('src/lib/server/platform/db/embedded.ts'))});
		const { url } = await startEmbeddedPostgres({ dir: ${JSON.stringify(dir)} });
		console.log(url);
		setInterval(() => {}, 1000);`;
	const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
		stdio: ['ignore', 'pipe', 'inherit']
	});
	const [line] = await once(other.stdout, 'data');
	other.kill('SIGKILL');
	await once(other, 'exit');

	const found = await startEmbeddedPostgres({ dir, settings });
	leftovers.push(found.stop);
	expect(found.started).toBe(false);
	expect(found.url).toBe(String(line).trim());
	await found.stop();
	await expect(ask(found.url)).rejects.toThrow();
});

test('a pid file that another process inherited does not stand in the way', async () => {
	fs.writeFileSync(path.join(dir, 'postmaster.pid'), `${process.pid}\n${dir}\n1\n5432\n\n127.0.0.1\n\nready   \n`);
	const server = await startEmbeddedPostgres({ dir, settings });
	leftovers.push(server.stop);
	expect(server.started).toBe(true);
	await server.stop();
});

test('a first start that was cut off is made again with the same password', async () => {
	const place = path.join(room, 'cut-off');
	const whole = await startEmbeddedPostgres({ dir: place, settings });
	leftovers.push(whole.stop);
	await whole.stop();
	fs.rmSync(path.join(place, 'global'), { recursive: true });
	const state = JSON.parse(fs.readFileSync(`${place}.json`, 'utf8'));
	fs.writeFileSync(`${place}.json`, JSON.stringify({ ...state, made: false }));

	const again = await startEmbeddedPostgres({ dir: place, settings });
	leftovers.push(again.stop);
	expect(again.url).toBe(whole.url);
	expect(await ask(again.url)).toHaveLength(1);
	await again.stop();
});

test('data whose password is gone is never touched', async () => {
	const place = path.join(room, 'forgotten');
	fs.mkdirSync(place);
	fs.writeFileSync(path.join(place, 'PG_VERSION'), '18');
	await expect(startEmbeddedPostgres({ dir: place })).rejects.toThrow(
		/held its password, is gone. Remove .*forgotten to begin anew/
	);
	expect(fs.readdirSync(place)).toEqual(['PG_VERSION']);
});

test('a data directory that cannot be made is a sentence, not a stack', async () => {
	fs.writeFileSync(path.join(room, 'file'), '');
	await expect(startEmbeddedPostgres({ dir: path.join(room, 'file', 'postgres') })).rejects.toThrow(
		/cannot be written.*DATA_DIR/
	);
});

test.runIf(process.getuid?.() === 0)(
	'below a closed home the data goes elsewhere, always to the same place, and it says so',
	async () => {
		const closed = path.join(room, 'home', 'postgres');
		fs.mkdirSync(path.dirname(closed), { mode: 0o700 });
		const notes: string[] = [];
		const note = (sentence: string) => void notes.push(sentence);
		const first = await startEmbeddedPostgres({ dir: closed, settings, note });
		leftovers.push(first.stop);
		await first.stop();
		const second = await startEmbeddedPostgres({ dir: closed, settings, note });
		leftovers.push(second.stop);
		await ask(second.url);
		await second.stop();
		expect(second.url).toBe(first.url);
		expect(notes[0]).toMatch(/cannot enter .*home: the data lies in .*aitelier-[0-9a-f]{12}/);
		expect(notes[1]).toBe(notes[0]);
		fs.rmSync(path.dirname(/lies in (.*)\.$/.exec(notes[0]!)![1]!), { recursive: true });
	}
);
