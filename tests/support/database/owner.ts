import postgres from 'postgres';
import { afterAll } from 'vitest';

/** SQL as the owner of the tables, for what whoever serves can neither see nor bring about. Ends with the test file. */
export const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(() => owner.end({ timeout: 1 }));
