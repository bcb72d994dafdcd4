import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decoded, eachLine, eachSpan, encoded, rewriteLines, rewriteSpans } from '../../../src/cli/files/lines.ts';
import { lineNear } from '../../../src/cli/splitting/scan.ts';
import { newFolder } from '../../support/app/cli.ts';

const read = (file: string, pieceBytes: number) => {
	const lines: string[] = [];
	eachLine(
		file,
		(bytes, number, end, skipped) =>
			lines.push(`${number}${end === '\r\n' ? 'w' : end === '\n' ? 'u' : 'x'}${skipped}:${decoded(bytes)}`),
		{ pieceBytes }
	);
	return lines;
};

test('the same lines come out, wherever the pieces are cut', () => {
	const file = path.join(newFolder(), 'lines');
	fs.writeFileSync(file, '\ufeffé\r\nzwei\n\nvier\r\nlast');
	const whole = ['1w3:é', '2u0:zwei', '3u0:', '4w0:vier', '5x0:last'];
	for (let size = 1; size < 20; size++) expect(read(file, size)).toEqual(whole);
});

test('two parts of a file, cut at a line wherever that is, have its lines', () => {
	const file = path.join(newFolder(), 'lines');
	const text = '\ufeffone\r\n\ntwo\n\ufeffthree\r\nlast';
	fs.writeFileSync(file, text);
	const size = Buffer.byteLength(text);
	const linesIn = (from: number, to: number) => {
		const lines: string[] = [];
		eachSpan(file, (buffer, start, end) => void lines.push(buffer.toString('utf8', start, end)), {
			pieceBytes: 5,
			from,
			to
		});
		return lines;
	};
	for (let at = 0; at < size; at++) {
		const middle = lineNear(file, at);
		expect([...linesIn(0, middle), ...linesIn(middle, size)]).toEqual(['one', '', 'two', '\ufeffthree', 'last']);
	}
});

test('what nobody changes comes back to the byte', () => {
	const file = path.join(newFolder(), 'lines');
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (bytes, pieceBytes) => {
			fs.writeFileSync(file, bytes);
			rewriteLines(file, () => undefined, { pieceBytes });
			rewriteSpans(file, () => false, { pieceBytes });
			rewriteLines(file, () => null, { pieceBytes, only: new Set() });
			expect(new Uint8Array(fs.readFileSync(file))).toEqual(bytes);
		}),
		{ numRuns: 40 }
	);
});

test('a changed line keeps its end', () => {
	const file = path.join(newFolder(), 'lines');
	fs.writeFileSync(file, 'one\r\ntwo\r\nthree');
	rewriteLines(file, (bytes) => (bytes === 'two' ? encoded('zwö') : bytes === 'one' ? null : undefined));
	expect(fs.readFileSync(file, 'utf8')).toBe('zwö\r\nthree');
});

test('nothing is left beside a file that could not be written', () => {
	const folder = newFolder();
	const file = path.join(folder, 'lines');
	fs.writeFileSync(file, 'one\n');
	expect(() =>
		rewriteLines(file, () => {
			throw new Error('stop');
		})
	).toThrow('stop');
	expect(fs.readdirSync(folder)).toEqual(['lines']);
	expect(fs.readFileSync(file, 'utf8')).toBe('one\n');
});
