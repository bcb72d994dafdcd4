import { startSandbox } from '../../sandbox/server.ts';
import type { sandbox } from '../commands/sandbox.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { announceSandbox } from '../files/sandbox-address.ts';

export const deed: Deed<typeof sandbox> = async ({ io, say, flags }) => {
	const { port, dir, speed } = flags;
	const running = await startSandbox({ port, speed, ...(dir !== undefined && { dir }) }).catch(
		(problem: NodeJS.ErrnoException) => {
			if (problem.code === 'EADDRINUSE')
				throw new Failure(`Something listens on port ${port} already, perhaps a sandbox.`, 'ait sandbox --port 0');
			throw problem;
		}
	);
	const forget = announceSandbox(io, running.url);
	say.line(`The sandbox answers at ${running.url}. Ctrl-C ends it.`);
	say.outcome(running.url);
	say.json({ url: running.url });
	try {
		if (!io.signal.aborted) await new Promise((stop) => io.signal.addEventListener('abort', stop, { once: true }));
	} finally {
		forget();
		await running.stop();
	}
};
