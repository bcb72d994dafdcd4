import { sql } from 'drizzle-orm';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { log } from '../../../src/lib/server/platform/log.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());
afterEach(() => vi.restoreAllMocks());

const heard = () => {
	const lines: string[] = [];
	vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
	return lines;
};
const canary = 'the customer said kumquat';

test.each([
	['a query that fails', sql`select ${canary}::text, 1 / 0`],
	['a value that cannot be read', sql`select ${canary}::text::uuid`],
	['a row that is refused', sql`insert into outbox (topic) values (${canary})`]
])('the text in %s stays out of the log', async (_, query) => {
	const { scope } = await newTeam();
	const problem = await scope.tx((tx) => tx.execute(query)).catch((thrown: unknown) => thrown);
	expect(problem).toBeInstanceOf(Error);
	const lines = heard();
	const { id } = log.bug(problem);
	expect(lines.join('')).not.toContain('kumquat');
	const line = JSON.parse(lines[0]!);
	expect(line).toMatchObject({ id, event: 'bug' });
	expect(line.message).toContain('Failed query: ');
	expect(line.code).toMatch(/^[0-9A-Z]{5}$/);
	expect(line.stack).toMatch(/^ +at /);
});

test('any other bug is written down with its words and its place', () => {
	const lines = heard();
	log.bug(new TypeError('x is not a function'), { route: '/a' });
	expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'error', message: 'x is not a function', route: '/a' });
});
