import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

/** First the one without a window, which takes a third less of the machine for the same pages. */
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const apt = 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends';

/** Where a Chromium is: the variable CHROMIUM, else an installed one, else Playwright's own. */
export function findChromium(): string | undefined {
	if (process.env.CHROMIUM) return process.env.CHROMIUM;
	const places = (process.env.PATH ?? '')
		.split(path.delimiter)
		.flatMap((dir) => names.map((name) => path.join(dir, name)));
	return [...places, chromium.executablePath()].find((file) => fs.existsSync(file));
}

/** A Chromium, installed when there is none: by apt as root, else by Playwright. Throws a sentence. */
export function ensureChromium(say: (line: string) => void): string {
	const found = findChromium();
	if (found) return found;
	const ways =
		process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')
			? [`apt-get update -qq && (${apt} chromium-headless-shell || ${apt} chromium)`]
			: ['node_modules/.bin/playwright install chromium'];
	for (const way of ways) {
		say(`No Chromium here: ${way}`);
		const { status, stdout, stderr } = spawnSync('sh', ['-c', way], { encoding: 'utf8' });
		if (status !== 0) say(`${stdout}${stderr}`.trimEnd().split('\n').slice(-10).join('\n'));
	}
	const installed = findChromium();
	if (!installed) throw new Error('The browser tests need Chromium. Install it, or put the path of one into CHROMIUM.');
	return installed;
}
