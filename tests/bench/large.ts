import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../src/lib/server/platform/process.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';
import { writeLines } from './packed-cli.ts';

const rows = Number(process.env.BENCH_ROWS ?? (process.env.BENCH_QUICK ? 100_000 : 1_000_000));

/** Seconds of processor time that a process has used, as Linux says. */
const processorSeconds = (pid: number): number => {
	const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** LARGE: `examples/api/import-large.ts` with a million lines, against a server as `npm start` runs it, worker and all. */
export const run = async ({ owner, room }: Bench): Promise<Measure[]> => {
	const file = path.join(room, 'lines.jsonl');
	writeLines(file, rows, { asked: 12, answered: 25 });
	const port = String(await freePort());
	const origin = `http://127.0.0.1:${port}`;
	const server = await untilServing(
		await startServerProcess('build', { PORT: port, ORIGIN: origin, ROLE: process.env.BENCH_ROLE ?? 'all' })
	);
	try {
		const { scope, owner: person } = await newTeam();
		const { project } = await newProject(scope);
		const asOwner = { ...scope, userId: person.id };
		const { key } = await createKey(asOwner, { name: 'Large', role: 'trainer', projectIds: null, days: 90 });
		const busy = async () => {
			const [found] = await owner<
				{ pid: number }[]
			>`select pid from pg_stat_activity where backend_type = 'checkpointer'`;
			const parent = Number(fs.readFileSync(`/proc/${found!.pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
			const all = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
			let sum = 0;
			const fields = fs.readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ')[1]!.split(' ');
			sum += (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / 100;
			for (const pid of all)
				try {
					if (fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1] === String(parent))
						sum += processorSeconds(Number(pid));
				} catch {
					// it has ended
				}
			return sum;
		};
		const startedAt = performance.now();
		const child = spawn(process.execPath, ['examples/api/import-large.ts', project.slug, file], {
			env: { ...process.env, AIT_KEY: key, AIT_URL: origin },
			stdio: ['ignore', 'pipe', 'inherit']
		});
		for await (const line of createInterface({ input: child.stdout! })) {
			console.log(
				`${((performance.now() - startedAt) / 1000).toFixed(0)} s ${line} · script ${processorSeconds(child.pid!)} server ${processorSeconds(server.process.pid!)} postgres ${(await busy()).toFixed(1)} rss ${/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.process.pid!}/status`, 'utf8'))![1]}`
			);
		}
		if (child.exitCode === null) await once(child, 'exit');
		if (child.exitCode !== 0) throw new Error(`the script ended with ${child.exitCode}`);
		return [
			{
				id: 'LARGE',
				what: `import-large.ts, ${rows.toLocaleString('en')} lines`,
				unit: 's',
				values: [(performance.now() - startedAt) / 1000],
				judged: 'value',
				target: 600,
				moonshot: 300,
				better: 'lower'
			}
		];
	} finally {
		await server.stop();
	}
};
