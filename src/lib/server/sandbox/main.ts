import { startSandbox } from './server.ts';

/** The sandbox alone: `node src/lib/server/sandbox/main.ts`, with SANDBOX_PORT, SANDBOX_DIR, SANDBOX_SPEED and, in a container, SANDBOX_HOST. */
const { SANDBOX_PORT = '4010', SANDBOX_DIR, SANDBOX_SPEED = '1', SANDBOX_HOST } = process.env;

const sandbox = await startSandbox({
	port: Number(SANDBOX_PORT),
	speed: Number(SANDBOX_SPEED),
	...(SANDBOX_DIR ? { dir: SANDBOX_DIR } : {}),
	...(SANDBOX_HOST ? { host: SANDBOX_HOST } : {})
});
console.log(`The sandbox answers at ${sandbox.url}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
}
