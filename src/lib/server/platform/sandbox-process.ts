import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

type Options = {
	/** 0 takes any free port. */
	port: number;
	/** Where it keeps what it was given and learnt. */
	dir: string;
	speed: number;
};

const program = 'src/sandbox/main.ts'; // below the folder we are started in, like drizzle/
const patienceMs = 5_000;

/**
 * Starts the sandbox provider as a process of its own and waits for its address. It ends with `stop`, and also when this
 * process is gone. Throws when it ends before it answers; what was wrong it says on stderr itself.
 */
export async function startSandboxProcess({ port, dir, speed }: Options) {
	const child = fork(program, [], {
		execArgv: [],
		env: {
			...process.env,
			SANDBOX_PORT: String(port),
			SANDBOX_DIR: dir,
			SANDBOX_SPEED: String(speed),
			SANDBOX_HOST: '',
			// without it Node strips the types of thirty files anew at each start, a tenth of a second
			NODE_COMPILE_CACHE: path.join(dir, 'compiled')
		},
		// In a group of its own Ctrl-C reaches us alone, and we stop things in their order
		detached: true
	});
	const ended = once(child, 'exit');
	const failed = ended.then(([code]): never => {
		throw new Error(`The sandbox did not start: ${program} ended with code ${code}.`);
	});
	failed.catch(() => {}); // after the start it may end
	const [told] = (await Promise.race([once(child, 'message'), failed])) as [{ url: string }];
	return {
		url: told.url,
		async stop() {
			const insist = setTimeout(() => child.kill('SIGKILL'), patienceMs);
			child.kill();
			await ended;
			clearTimeout(insist);
		}
	};
}
