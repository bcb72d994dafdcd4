import fs from 'node:fs';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { progressOn } from '../../../src/cli/terminal/progress.ts';
import { ait, newFolder, originalLine, originalProject } from '../../support/app/cli.ts';

const start = Date.parse('2026-02-12T10:00:00Z');

/** A progress of a hundred on a clock of its own: `at` seconds so many are done. */
const newProgress = ({ isTTY = true, quiet = false, total = 1000 as number | null, env = {} } = {}) => {
	let seconds = 0;
	let text = '';
	const stderr = Object.assign(new PassThrough(), { isTTY });
	stderr.on('data', (piece: Buffer) => (text += piece.toString()));
	const progress = progressOn({ env, stderr, now: () => new Date(start + 1000 * seconds) }, 'Sending', {
		total,
		quiet
	});
	const told = async () => {
		await new Promise(setImmediate);
		const all = text;
		text = '';
		return all;
	};
	return {
		told,
		end: () => progress.end(),
		at: (time: number, done: number, share?: number) => {
			seconds = time;
			progress.at(done, share);
			return told();
		}
	};
};
const line = (words: string) => `\r\u001b[K${words}`;

test('progress has the rate and the time left, is written over, and is gone at the end', async () => {
	const { at, end, told } = newProgress();
	expect(await at(0.2, 50)).toBe(''); // what is soon done says nothing
	expect(await at(2, 250)).toBe(line('Sending: 250 of 1,000, 125/s, 6 s left'));
	expect(await at(2.1, 260)).toBe('');
	expect(await at(4, 300)).toBe(line('Sending: 300 of 1,000, 75/s, 10 s left'));
	end();
	expect(await told()).toBe(line(''));
	const slow = newProgress({ total: 100_000 });
	expect(await slow.at(10, 1000)).toBe(line('Sending: 1,000 of 100,000, 100/s, 17 min left'));
	const unknown = newProgress({ total: null });
	expect(await unknown.at(2, 500)).toBe(line('Sending: 500, 250/s'));
	expect(await unknown.at(3, 900, 0.25)).toBe(line('Sending: 900, 300/s, 9 s left'));
});

test.each([{ isTTY: false }, { quiet: true }, { env: { TERM: 'dumb' } }])('with %j there is none', async (given) => {
	const { at, end, told } = newProgress(given);
	expect(await at(2, 250)).toBe('');
	end();
	expect(await told()).toBe('');
});

test('a file that is imported says how long it takes still, on stderr', async () => {
	const folder = originalProject([]);
	let seconds = 0;
	const file = `${newFolder()}/many.jsonl`;
	fs.writeFileSync(file, Array.from({ length: 5000 }, (_, id) => originalLine(id)).join('\n'));
	const { code, err, out } = await ait(folder, ['import', file], {
		keys: '',
		now: () => new Date(start + 1000 * seconds++)
	});
	expect(code).toBe(0);
	expect(err).toMatch(/Reading: 1,024, [\d,]+\/s, \d+ s left/);
	expect(out).not.toContain('Reading');
});
