import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { randomFrom } from './measure.ts';

/** The command line as it is published, unpacked in a folder: the path of its one file. */
export const packedIn = (room: string): string => {
	execFileSync(process.execPath, ['src/launch/pack-cli.ts', room], { stdio: 'ignore' });
	const [packed] = fs.readdirSync(room).filter((name) => name.endsWith('.tgz'));
	execFileSync('tar', ['xzf', packed!], { cwd: room });
	return path.join(room, 'package', 'ait.js');
};

const words =
	'the quick customer asks where a parcel is and whether it can be returned after thirty days because the kettle leaks while we answer with steps about labels refunds invoices gift cards and warranty'.split(
		' '
	);

/** Lines as the original writes them, about 940 bytes each where nothing else is said; two thirds are good. */
export const writeLines = (file: string, count: number, { asked = 50, answered = 90 } = {}) => {
	const random = randomFrom(7);
	const say = (length: number) => Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
	const handle = fs.openSync(file, 'w');
	for (let id = 1; id <= count; id++) {
		const rating =
			random() < 0.1 ? null : random() < 0.75 ? 8 + Math.floor(random() * 3) : 1 + Math.floor(random() * 7);
		const messages = [
			{ role: 'system', content: 'You answer customers.' },
			{ role: 'user', content: `${id} ${say(asked)}\n"quoted"` },
			{ role: 'assistant', content: say(answered) }
		];
		fs.writeSync(
			handle,
			`${JSON.stringify({ id, messages, rating, createdAt: '2026-02-12T10:00:00.000Z', version: 1 })}\n`
		);
	}
	fs.closeSync(handle);
};

/** Milliseconds and the largest memory of a process, in kB. */
export const measured = async (
	args: string[],
	cwd: string,
	env: NodeJS.ProcessEnv = {}
): Promise<{ ms: number; kb: number }> => {
	const report = path.join(cwd, 'usage');
	const watch = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)))`;
	const preload = path.join(cwd, 'watch.cjs');
	fs.writeFileSync(preload, watch);
	const startedAt = performance.now();
	const child = spawn(process.execPath, ['--require', preload, ...args], {
		cwd,
		env: { ...process.env, ...env },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	const [code] = (await once(child, 'exit')) as [number];
	const ms = performance.now() - startedAt;
	if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
	return { ms, kb: Number(fs.readFileSync(report, 'utf8')) };
};
