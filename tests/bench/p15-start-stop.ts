import { type ChildProcess, spawn } from 'node:child_process';
import { newSession } from '../support/data/session.ts';
import { newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, median } from './measure.ts';

const rounds = 5;
const streams = 200;
const port = 4199;
const url = `http://localhost:${port}`;

const start = async () => {
	const startedAt = performance.now();
	const server = spawn(process.execPath, ['build'], {
		env: { ...process.env, PORT: String(port), ORIGIN: url },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	for (;;) {
		const answer = await fetch(`${url}/readyz`).catch(() => null);
		if (answer?.status === 200) return { server, seconds: (performance.now() - startedAt) / 1000 };
		if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
		await new Promise((next) => setTimeout(next, 10));
	}
};

const stop = (server: ChildProcess) =>
	new Promise<number>((done) => {
		const startedAt = performance.now();
		server.once('exit', () => done((performance.now() - startedAt) / 1000));
		server.kill('SIGTERM');
	});

/** P15: from the start of the process to ready, and from SIGTERM to its end with 200 open event streams. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { slug, owner: person } = await newTeam();
	// a browser may open only so many streams
	const sessions = await Promise.all(Array.from({ length: 4 }, () => newSession(owner, person.id)));
	const starts: number[] = [];
	const stops: number[] = [];
	for (let round = 0; round < rounds; round++) {
		const { server, seconds } = await start();
		starts.push(seconds);
		const open = await Promise.all(
			Array.from({ length: streams }, async (_, n) => {
				const headers = { cookie: `session=${sessions[n % sessions.length]!}` };
				const answer = await fetch(`${url}/${slug}/events`, { headers });
				if (!answer.ok) throw new Error(`A stream was refused with ${answer.status}`);
				const reader = answer.body!.getReader();
				await reader.read();
				return reader;
			})
		);
		stops.push(await stop(server));
		await Promise.all(open.map((reader) => reader.cancel().catch(() => {})));
	}
	return [
		{
			id: 'P15',
			what: 'start to ready',
			unit: 's',
			values: starts,
			judged: 'value',
			target: 2,
			moonshot: 0.7,
			better: 'lower'
		},
		{
			id: 'P15',
			what: `stop with ${streams} open streams`,
			unit: 's',
			values: stops,
			judged: 'value',
			target: 3,
			moonshot: 1,
			better: 'lower',
			note: `the slowest ${Math.max(...stops).toFixed(2)} s, the middle ${median(stops).toFixed(2)} s`
		}
	];
};
