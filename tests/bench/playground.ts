import fs from 'node:fs';
import http from 'node:http';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { connections } from '../../src/lib/server/platform/db/schema.ts';
import { freePort } from '../../src/lib/server/platform/process.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { startTokenServer } from '../support/servers/token-server.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import { type Measure, timed } from './measure.ts';

const questions = 60;
const tokens = 10_000;
const rounds = 5;

type Asked = { firstMs: number; pieces: number };

const agent = new http.Agent({ keepAlive: true });
/** Asks, reads to the end, and says when the first piece came that matches. */
const ask = (url: string, body: object, isFirst: RegExp, authorization = '') =>
	new Promise<Asked>((done, failed) => {
		const startedAt = performance.now();
		const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
		const request = http.request(url, { method: 'POST', agent, headers }, (answer) => {
			let firstMs = 0;
			let text = '';
			answer.on('data', (piece: Buffer) => {
				text += piece.toString();
				if (!firstMs && isFirst.test(text)) firstMs = performance.now() - startedAt;
			});
			answer.on('end', () => {
				if (answer.statusCode !== 200 || !firstMs) failed(new Error(`${url}: ${text.slice(0, 300)}`));
				else done({ firstMs, pieces: text.split('\n\n').length });
			});
		});
		request.on('error', failed).end(JSON.stringify(body));
	});

/** Milliseconds of CPU that a process has used so far, in steps of ten. */
const cpuOf = (pid: number): number => {
	const [, rest = ''] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
	const fields = rest.split(' ');
	return 10 * (Number(fields[11]) + Number(fields[12]));
};

/**
 * PLAY: an answer of a model that comes word by word, through the built server: how much later its first word is than at the provider
 * itself, and what its words cost.
 */
export const run = async (): Promise<Measure[]> => {
	const provider = await startTokenServer();
	const { scope } = await newTeam();
	const { project } = await newProject(scope, { baseModel: 'ant-1b' });
	await scope.tx((tx) => tx.update(connections).set({ provider: 'together', baseUrl: provider.url }));
	const { key } = await createKey(scope, { name: 'Bench', role: 'trainer', projectIds: null, days: 1 });
	const port = String(await freePort());
	const url = `http://127.0.0.1:${port}`;
	const server = await untilServing(
		await startServerProcess('build', { PORT: port, ORIGIN: url, API_REQUESTS_PER_MINUTE: '1000000' })
	);
	try {
		const messages = [{ role: 'user', content: 'Do you ship to Norway?' }];
		const through = () =>
			ask(
				`${url}/api/v1/projects/${project.slug}/chat`,
				{ runId: null, messages, temperature: 0, maxTokens: 8_000 },
				/"text"/,
				`Bearer ${key}`
			);
		const direct = () =>
			ask(`${provider.url}/chat/completions`, { model: 'ant-1b', messages, stream: true }, /"content"/);
		for (let i = 0; i < 10; i++) await through();
		const [ours, theirs]: [number[], number[]] = [[], []];
		for (let i = 0; i < questions; i++) {
			theirs.push((await direct()).firstMs);
			ours.push((await through()).firstMs);
		}
		provider.state.pieces = Array.from({ length: tokens }, (_, at) => ({ content: ` word${at % 97}` }));
		const costs: number[] = [];
		await through();
		for (let round = 0; round < rounds; round++) {
			const before = cpuOf(server.process.pid!);
			await timed(through);
			costs.push((cpuOf(server.process.pid!) - before) / (tokens / 1_000));
		}
		return [
			{
				id: 'PLAY',
				what: 'first word of an answer, beyond the provider’s',
				unit: 'ms',
				values: ours.map((ms, at) => ms - theirs[at]!),
				judged: 'value',
				target: 20,
				moonshot: 10,
				better: 'lower'
			},
			{
				id: 'PLAY',
				what: 'CPU of the server per 1,000 streamed tokens',
				unit: 'ms',
				values: costs,
				judged: 'value',
				target: 50,
				moonshot: 20,
				better: 'lower'
			}
		];
	} finally {
		await server.stop();
		await provider.stop();
	}
};
