import { startHouse } from '../../src/lib/server/house.ts';

/** A worker in a process of its own, that a test may kill. Everything it needs comes from the environment. */
await startHouse();
process.stdout.write('working\n');
