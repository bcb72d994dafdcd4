import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { ensureBuild } from '../../src/launch/build.ts';
import { startNode, untilReady } from '../../src/launch/children.ts';
import { startPlatform } from '../../src/lib/server/platform/start.ts';
import { freePort } from '../../src/lib/server/platform/process.ts';

/** The built app once round the loop, with a trainer's key, on a platform that is thrown away by `close`. */
export const openDemoApp = async () => {
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-conformance-'));
	fs.chmodSync(room, 0o711); // Postgres runs as somebody else when we are root
	const port = String(await freePort());
	const origin = `http://localhost:${port}`;
	Object.assign(process.env, {
		DATA_DIR: room,
		PORT: port,
		HOST: '127.0.0.1',
		ORIGIN: origin,
		POLL_SECONDS: '1',
		SANDBOX_SPEED: '20',
		LOG_LEVEL: 'warn'
	});
	const stops = [async () => fs.rmSync(room, { recursive: true, force: true })];
	const close = async () => {
		while (stops.length > 0) await stops.pop()!();
	};
	try {
		await ensureBuild(console.log, path.join(room, 'build.log'));
		const platform = await startPlatform();
		stops.push(platform.stop);
		const { closePools } = await import('../../src/lib/server/platform/db/pools.ts');
		stops.push(closePools);
		const logFile = path.join(room, 'server.log');
		const server = startNode(['build'], { logFile });
		stops.push(server.stop);
		await untilReady(`${origin}/readyz`);
		const { runDemo } = await import('../../src/launch/loop.ts');
		const { makeDemoKey } = await import('../../src/launch/demo-key.ts');
		const { scope } = await runDemo({ log: () => {}, baseUrl: origin });
		const owner = postgres(platform.ownerUrl!, { max: 1, onnotice: () => {} });
		stops.push(() => owner.end());
		return { origin, owner, key: await makeDemoKey(scope), bugs: () => bugsIn(logFile), close };
	} catch (problem) {
		await close();
		throw problem;
	}
};

/** What the server wrote about things that nobody expected. */
const bugsIn = (file: string) =>
	fs
		.readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line.includes('"event":"bug"'));
