import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { startPlatform } from '../../src/lib/server/platform/start.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { stopQueue } from '../../src/lib/server/jobs/queue.ts';

const newRoom = () => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-bench-'));
	fs.chmodSync(room, 0o711); // Postgres runs as somebody else when we are root
	return room;
};

/** A copy of a room that another bench has left, closed with `keepAs`. */
export const copyOfRoom = (kept: string): string => {
	const room = newRoom();
	// a copy of gigabytes; node's own would change who owns the files
	execFileSync('cp', ['-a', '--reflink=auto', `${kept}/.`, room]);
	return room;
};

/** A database of its own for one measurement, as `npm start` would begin it, with durable writes on. */
export const openBench = async (room = newRoom()) => {
	Object.assign(process.env, {
		DATA_DIR: room,
		ORIGIN: 'http://localhost:4199',
		ALLOW_LOCAL_PROVIDERS: 'true',
		POLL_SECONDS: '1',
		LOG_LEVEL: 'warn'
	});
	const platform = await startPlatform();
	const owner = postgres(platform.ownerUrl!, { max: 2, onnotice: () => {} });
	/** `keepAs`: what is in the room stays, there. */
	const close = async ({ keepAs }: { keepAs?: string } = {}) => {
		await stopQueue();
		await closePools();
		await owner.end({ timeout: 2 });
		await platform.stop();
		if (keepAs) fs.renameSync(room, keepAs);
		else fs.rmSync(room, { recursive: true, force: true });
	};
	return { owner, room, close };
};
export type Bench = Awaited<ReturnType<typeof openBench>>;
