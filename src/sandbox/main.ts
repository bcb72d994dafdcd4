import { startSandbox } from './server.ts';

// The sandbox alone: `node src/sandbox/main.ts`, with SANDBOX_PORT, SANDBOX_DIR, SANDBOX_SPEED and, in a container,
// SANDBOX_HOST. Whoever forks it is told the address, and it ends when its parent does, even one that was killed.

const { SANDBOX_PORT = '4010', SANDBOX_DIR, SANDBOX_SPEED = '1', SANDBOX_HOST } = process.env;

const starting = startSandbox({
	port: Number(SANDBOX_PORT),
	speed: Number(SANDBOX_SPEED),
	...(SANDBOX_DIR ? { dir: SANDBOX_DIR } : {}),
	...(SANDBOX_HOST ? { host: SANDBOX_HOST } : {})
});
const stop = () => void starting.then((sandbox) => sandbox.stop()).finally(() => process.exit());
for (const signal of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(signal as 'SIGTERM', stop);

const { url } = await starting.catch((problem: Error) => {
	console.error(`The sandbox cannot start: ${problem.message}`);
	process.exit(1);
});
if (process.connected) process.send!({ url });
else if (process.connected === false) stop(); // the parent is gone already
else console.log(`The sandbox answers at ${url}`);
