import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { constants } from 'node:os';

// Imported first by everything that people start: on an older Node the same command runs again on the Node 24 that npm installed.
if (Number(process.versions.node.split('.')[0]) < 24) {
	const node24 = 'node_modules/.bin/node';
	// asked again by an older one, that Node would start itself for ever
	if (!fs.existsSync(node24) || process.env.AITELIER_ASKED_FOR_NODE_24) {
		console.error(`aitelier needs Node 24 and this is ${process.versions.node}. Run "npm ci", or install Node 24.`);
		process.exit(1);
	}
	const child = spawn(node24, process.argv.slice(1), {
		stdio: 'inherit',
		env: { ...process.env, AITELIER_ASKED_FOR_NODE_24: '1' }
	});
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
	child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal!]));
	await new Promise(() => {});
}
