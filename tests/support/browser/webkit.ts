import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { untilReady } from '../../../src/launch/children.ts';
import { freePort } from '../../../src/lib/server/platform/process.ts';

// WebKit is what Safari is made of. Debian builds it with GTK: it needs a display, which Xvfb gives it, and no window manager.

const programs = { driver: 'WebKitWebDriver', display: 'Xvfb' } as const;
const packages = 'webkit2gtk-driver xvfb';

/** Where the driver and the display are, or undefined when one of them is missing. */
export function findWebKit(): Record<keyof typeof programs, string> | undefined {
	const places = (process.env.PATH ?? '').split(path.delimiter);
	const [driver, display] = [programs.driver, programs.display].map((name) =>
		places.map((dir) => path.join(dir, name)).find((file) => fs.existsSync(file))
	);
	return driver && display ? { driver, display } : undefined;
}

/** Installs WebKit by apt as root when it is missing. Where that is not possible the journey itself says what to do. */
export function ensureWebKit(say: (line: string) => void): void {
	if (findWebKit() || process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) return;
	const way = `apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ${packages}`;
	say(`No WebKit here: ${way}`);
	const { status, stdout, stderr } = spawnSync('sh', ['-c', way], { encoding: 'utf8' });
	if (status !== 0) say(`${stdout}${stderr}`.trimEnd().split('\n').slice(-10).join('\n'));
}

/** A display and WebKit's driver on it: the address to speak WebDriver with. Throws a sentence when WebKit is not here. */
export async function startWebKit(): Promise<{ url: string; stop(): Promise<void> }> {
	const found = findWebKit();
	if (!found)
		throw new Error(`The WebKit journey needs ${Object.values(programs).join(' and ')}: install ${packages}.`);
	const children: ChildProcess[] = [];
	process.once('exit', () => children.forEach((child) => child.kill()));
	const stop = async () => {
		for (const child of children.reverse()) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			child.kill();
			await once(child, 'exit');
		}
	};
	try {
		// it looks for a free number itself, and tells it
		const screen = spawn(found.display, ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
			stdio: ['ignore', 'ignore', 'ignore', 'pipe']
		});
		children.push(screen);
		const [number] = await once(screen.stdio[3]!, 'data', { signal: AbortSignal.timeout(60_000) });
		const port = await freePort();
		const env = {
			...process.env,
			DISPLAY: `:${String(number).trim()}`,
			NO_AT_BRIDGE: '1', // no bus to tell of
			WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1', // a graphics card that is only acted out takes longer
			WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' // containers have no namespaces to give; the pages are our own
		};
		children.push(spawn(found.driver, [`--port=${port}`], { env, stdio: 'ignore' }));
		const url = `http://127.0.0.1:${port}`;
		await untilReady(`${url}/status`, 60_000);
		return { url, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
