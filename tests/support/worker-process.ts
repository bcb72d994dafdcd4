import { startServer } from '../../src/lib/server/lifecycle.ts';

/** A worker in a process of its own, that a test may kill. Everything it needs comes from the environment. */
await startServer();
process.stdout.write('working\n');
