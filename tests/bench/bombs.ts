import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import os from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type postgres from 'postgres';
import { bombs } from '../support/data/bombs.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Measure } from './measure.ts';

const bytes = 45_000_000;
const port = 4197;
const url = `http://localhost:${port}`;

type Watched = { rss: number; longestCpuMs: number; longestMs: number; peakRss: number };

/** The built app with a watch on its event loop (loop-watch.ts). */
const startServer = async () => {
	const server = spawn(process.execPath, ['--import', './tests/bench/loop-watch.ts', 'build'], {
		env: { ...process.env, PORT: String(port), ORIGIN: url, BODY_SIZE_LIMIT: '1100M' },
		stdio: ['ignore', 'ignore', 'inherit', 'ipc']
	});
	while ((await fetch(`${url}/readyz`).catch(() => null))?.status !== 200) {
		if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}`);
		await new Promise((next) => setTimeout(next, 20));
	}
	return {
		say: async (word: 'watch' | 'tell') => {
			server.send(word);
			return (await once(server, 'message'))[0] as Watched;
		},
		stop: async () => {
			server.kill('SIGTERM');
			await once(server, 'exit');
		}
	};
};

const send = async (path: string, session: string, type: string, body: Iterable<Uint8Array>) => {
	const whole = Array.isArray(body) ? { 'content-length': String(body[0].length) } : {};
	const headers = {
		...whole,
		cookie: `session=${session}`,
		origin: url,
		'content-type': type,
		accept: 'application/json'
	};
	const request = http.request(url + path, { method: 'POST', headers });
	const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
	// a server that has said no may close before all of it is sent
	const sent = pipeline(Readable.from(body, { objectMode: true, highWaterMark: 4 }), request).catch(() => {});
	const [answer] = await answered;
	await sent;
	return { status: answer.statusCode, text: Buffer.concat(await answer.toArray()).toString() };
};

/** The longest that `/livez` took, asked again and again until `stop`. */
const askLivez = () => {
	let longestMs = 0;
	let isOver = false;
	const over = (async () => {
		while (!isOver) {
			const startedAt = performance.now();
			const answer = await fetch(`${url}/livez`);
			await answer.text();
			longestMs = Math.max(longestMs, performance.now() - startedAt);
			await new Promise((next) => setTimeout(next, 10));
		}
	})();
	return async () => {
		isOver = true;
		await over;
		return longestMs;
	};
};

const counts = (text: string) => {
	const { added, duplicates, refused, notRead } = JSON.parse(text);
	return `${added + duplicates} in, ${refused} refused, ${notRead} not read`;
};

/**
 * BOMBS: files of 45 MB made to hurt, imported by the built server: the longest turn of its event loop (target 50 ms), the
 * longest `/livez` meanwhile (target 100 ms), and how far its memory grew, beside those of a plain file of the same size.
 */
export const run = async ({ owner }: { owner: postgres.Sql }): Promise<Measure[]> => {
	const team = await newTeam();
	await newProject(team.scope);
	const session = await newSession(owner, team.owner.id);
	const server = await startServer();
	const measures: Measure[] = [];
	const livez: { ms: number; name: string }[] = [];
	const measured = async (name: string, deed: () => Promise<string>) => {
		const { rss } = await server.say('watch');
		const stop = askLivez();
		const startedAt = performance.now();
		const said = await deed();
		const seconds = (performance.now() - startedAt) / 1000;
		livez.push({ ms: await stop(), name });
		const { longestCpuMs, longestMs, peakRss } = await server.say('tell');
		measures.push({
			id: 'BOMBS',
			what: name,
			unit: 'ms a turn',
			values: [longestCpuMs],
			judged: 'value',
			target: 50,
			moonshot: 15,
			better: 'lower',
			note: `${longestMs.toFixed(0)} ms by the clock, /livez ${livez.at(-1)!.ms.toFixed(0)} ms, memory +${Math.round((peakRss - rss) / 1e6)} MB, ${seconds.toFixed(1)} s, ${said}, load ${os.loadavg()[0]!.toFixed(1)}`
		});
	};
	try {
		const imports = `/${team.slug}/support/add/import`;
		await send(imports, session, 'application/octet-stream', bombs(1_000_000).plain!());
		for (const [name, bomb] of Object.entries(bombs(bytes)))
			await measured(name, async () => {
				const { status, text } = await send(imports, session, 'application/octet-stream', bomb());
				return status === 200 ? counts(text) : `${status} ${text.slice(0, 60)}`;
			});
		const login = async (fields: string) =>
			String((await send('/login?/send', session, 'application/x-www-form-urlencoded', [Buffer.from(fields)])).status);
		await measured('a form of half a million fields', () => login('a&'.repeat(500_000)));
		await measured('a form of a megabyte of brackets', () => login(`email=${'['.repeat(1_000_000)}`));
	} finally {
		await server.stop();
	}
	const [worst] = livez.sort((a, b) => b.ms - a.ms);
	return [
		...measures,
		{
			id: 'BOMBS',
			what: `/livez under the worst, ${worst!.name}`,
			unit: 'ms',
			values: [worst!.ms],
			judged: 'value',
			target: 100,
			moonshot: 30,
			better: 'lower',
			note: `under a plain file ${livez.find(({ name }) => name === 'plain')!.ms.toFixed(0)} ms, load ${os.loadavg()[0]!.toFixed(1)}`
		}
	];
};
