import fs from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';

/** Clock ticks a second, as Linux counts processor time. */
const ticks = 100;

type Stat = { parent: number; own: number; ofChildren: number };

/** null: it has ended meanwhile. */
const statOf = (pid: number | string): Stat | null => {
	try {
		// the name may hold spaces and brackets; what follows it does not
		const after = fs
			.readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ')
			.map(Number);
		return { parent: after[1]!, own: after[11]! + after[12]!, ofChildren: after[13]! + after[14]! };
	} catch {
		return null;
	}
};

/** Processor seconds that a process and those it has started have used so far. */
export const processorSeconds = (pid: number): number => {
	const here = statOf(pid);
	if (!here) return 0;
	const children = fs
		.readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.reduce((sum, name) => {
			const stat = statOf(name);
			return stat?.parent === pid ? sum + stat.own : sum;
		}, 0);
	return (here.own + here.ofChildren + children) / ticks;
};

/** Memory that a process holds, in kB. */
export const residentKb = (pid: number): number =>
	Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

/** The process of the embedded Postgres whose data lie below this folder. */
export const postmasterIn = (folder: string): number => {
	const file = fs
		.readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.find((name) => path.basename(name) === 'postmaster.pid');
	if (!file) throw new Error(`No Postgres runs in ${folder}.`);
	return Number(fs.readFileSync(path.join(folder, file), 'utf8').split('\n')[0]);
};

/** Milliseconds that the connections of whoever serves have kept processors busy in the database so far. */
export const busyInDatabase = async (owner: postgres.Sql): Promise<number> => {
	const pids =
		await owner`select pid from pg_stat_activity where application_name = 'aitelier' and datname = current_database()`;
	return (
		pids.reduce((sum, { pid }) => sum + Number(fs.readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]), 0) /
		1e6
	);
};
