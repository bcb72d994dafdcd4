import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../../src/lib/server/platform/process.ts';
import { newToken } from '../support/browser/device.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';
import { measured, packedIn, writeLines } from './packed-cli.ts';

const rows = process.env.BENCH_QUICK ? 20_000 : 100_000;
const rounds = 4;

/** A script that sends the file as it is, and does nothing else. */
const bareImport = `
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
const [file, url] = process.argv.slice(2);
const headers = { authorization: 'Bearer ' + process.env.AITELIER_API_KEY, 'content-type': 'application/jsonl' };
const body = Readable.toWeb(createReadStream(file, { highWaterMark: 1 << 18 }));
const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' });
if (!answer.ok) throw new Error(await answer.text());
`;

/** As large installations run it, the worker elsewhere, and as a small one does, in one process. */
const roles = { web: 'the worker elsewhere', all: 'the worker in the same process' } as const;

/**
 * PUSH: a folder of examples sent to an empty project, against the API import of the same file, each into a project of its own. Each goes
 * first in turns: what one leaves the worker to do runs beside the other.
 */
const pushedAgainst = async (role: keyof typeof roles, room: string, ait: string, script: string): Promise<Measure> => {
	const folder = path.join(room, 'folder');
	const examples = path.join(folder, 'data', 'examples.jsonl');
	const port = String(await freePort());
	const origin = `http://127.0.0.1:${port}`;
	const server = await untilServing(
		await startServerProcess('build', { PORT: port, ORIGIN: origin, API_REQUESTS_PER_MINUTE: '1000000', ROLE: role })
	);
	try {
		const { teamId, scope, as } = await newTeam();
		const { userId } = await as('trainer');
		const { token } = await newToken(userId, teamId);
		const env = { AITELIER_URL: origin, AITELIER_API_KEY: token };
		const fresh = async (slug: string) => (await newProject(scope, { slug })).project.slug;
		const [pushes, imports]: [number[], number[]] = [[], []];
		const importAlone = async (round: number) => {
			const alone = `${origin}/api/v1/projects/${await fresh(`alone-${round}`)}/imports`;
			imports.push((await measured([script, examples, alone], room, env)).ms);
		};
		const push = async (round: number) => {
			fs.writeFileSync(
				path.join(folder, '.aitelier.json'),
				JSON.stringify({ name: 'Bench', provider: 'together', model: 'm', qualityThreshold: 8, runs: [] })
			);
			const link = [ait, 'link', await fresh(`pushed-${round}`)];
			execFileSync(process.execPath, link, { cwd: folder, env: { ...process.env, ...env }, stdio: 'ignore' });
			pushes.push((await measured([ait, 'push', '--quiet'], folder, env)).ms);
		};
		for (let round = 0; round < rounds; round++)
			for (const way of round % 2 === 0 ? [importAlone, push] : [push, importAlone]) await way(round);
		return {
			id: 'PUSH',
			what: `push, ${rows.toLocaleString('en')} lines, ${roles[role]}`,
			unit: 'ms',
			values: pushes,
			floor: { what: 'the API import alone', values: imports },
			judged: 'floor over value',
			target: 0.5,
			moonshot: 0.8,
			better: 'higher'
		};
	} finally {
		await server.stop();
	}
};

export const run = async ({ room }: Bench): Promise<Measure[]> => {
	const ait = packedIn(room);
	const script = path.join(room, 'import.mjs');
	fs.writeFileSync(script, bareImport);
	const examples = path.join(room, 'folder', 'data', 'examples.jsonl');
	fs.mkdirSync(path.dirname(examples), { recursive: true });
	writeLines(examples, rows);
	return [await pushedAgainst('web', room, ait, script), await pushedAgainst('all', room, ait, script)];
};
