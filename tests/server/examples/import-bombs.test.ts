import { afterAll, expect, test } from 'vitest';
import { linesOfFile } from '../../../src/lib/core/examples/import/file-lines.ts';
import type { Line } from '../../../src/lib/core/examples/import/reading.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { mostRefusedInARow } from '../../../src/lib/core/examples/import/refusals.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const start = async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	return inProject(scope, 'support');
};
const good = (n: number) => JSON.stringify({ input: `Question ${n}?`, output: 'Yes.' });
async function* bytes(text: string) {
	const all = new TextEncoder().encode(text);
	for (let at = 0; at < all.length; at += 1 << 16) yield all.subarray(at, at + (1 << 16));
}
const file = (text: string) => ({ fileName: 'bad.json', lines: linesOfFile(bytes(text)) });

test('after 10,000 refusals in a row the rest is not read, but counted', async () => {
	const here = await start();
	const result = await importExamples(here, file(`${good(1)}\n${'{}\n\n'.repeat(25_000)}${good(2)}`));
	expect(result).toMatchObject({ added: 1, refused: 10_000, notRead: 15_001 });
	expect(result.refusals).toHaveLength(1_000);
	const array = await importExamples(here, file(`[${good(3)},${'1234,'.repeat(30_000)}${good(4)}]`));
	expect(array).toMatchObject({ added: 1, refused: 10_000, notRead: 20_001 });
	const lines: Line[] = Array.from({ length: 12_000 }, (_, i) => ({ number: i + 1, text: '{}' }));
	expect(await importExamples(here, { fileName: 'a', lines })).toMatchObject({ refused: 10_000, notRead: 2_000 });
});

test('a good line between them begins the count anew', async () => {
	const here = await start();
	const bad = '{}\n'.repeat(mostRefusedInARow - 1);
	const result = await importExamples(here, file(`${bad}${good(1)}\n${bad}${good(1)}\n${bad}${good(2)}`));
	expect(result).toMatchObject({ added: 2, duplicates: 1, refused: 29_997, notRead: 0 });
});

test('others get their turn after a bounded part of a file, whatever its lines and their numbers', async () => {
	const here = await start();
	let turns = 0;
	const count = () => void (turns++, (timer = setImmediate(count)));
	let timer = setImmediate(count);
	const seen: { turn: number; characters: number }[] = [];
	function* lines(): Generator<Line> {
		for (let i = 0; i < 9_000; i++) {
			// never a number that divides by 64, as when each 64th line is blank
			const text = i % 1_000 === 7 ? `{"input":"${'x'.repeat(200_000)}"}` : '{}';
			seen.push({ turn: turns, characters: text.length });
			yield { number: i * 64 + 1, text };
		}
	}
	await importExamples(here, { fileName: 'a', lines: lines() });
	clearImmediate(timer);
	for (const inOneTurn of Map.groupBy(seen, ({ turn }) => turn).values()) {
		expect(inOneTurn.length).toBeLessThanOrEqual(130);
		expect(inOneTurn.filter(({ characters }) => characters > 100_000).length).toBeLessThanOrEqual(1);
	}
});
