import { expect, test } from 'vitest';
import { splitDocument } from '../../../src/lib/core/examples/import/document.ts';
import { parsePrompt } from '../../../src/lib/core/prompts/parse.ts';
import { isTable, linesOfTable } from '../../../src/lib/core/prompts/table.ts';

const read = async (text: string) =>
	(await Array.fromAsync(linesOfTable(splitDocument(text)))).map(({ number, text, reason }) => {
		if (text === null) return { number, reason };
		const parsed = parsePrompt(text, number);
		return { number, asked: parsed.ok ? parsed.messages.map(({ content }) => content) : parsed.reason };
	});

test('a table is known by the name of its file', () => {
	expect(['a.csv', 'a.TSV', 'a.txt', 'csv'].map(isTable)).toEqual([true, true, false, false]);
});

test('the column of the prompt is found by its name, whatever stands between the cells', async () => {
	const rows = [
		{ number: 2, asked: ['Where is it?'] },
		{ number: 3, asked: ['Can I, if I like, return it?'] }
	];
	expect(await read('id,Question,tag\r\n1,Where is it?,x\r\n2,"Can I, if I like, return it?",y\r\n')).toEqual(rows);
	expect(await read('question;id\nWhere is it?;1\n"Can I, if I like, return it?";2')).toEqual(rows);
	expect(await read('id\tprompt\n1\tWhere is it?\n2\tCan I, if I like, return it?')).toEqual(rows);
});

test('a quoted cell goes over several lines, keeps its blank ones, and has its quotation marks doubled', async () => {
	expect(await read('prompt,system\n"It says ""no"".\n\nWhy?",You are kind.\nNext?,\n')).toEqual([
		{ number: 2, asked: ['You are kind.', 'It says "no".\n\nWhy?'] },
		{ number: 5, asked: ['Next?'] }
	]);
});

test('one column needs no name; a formula and what looks like JSON are what they are', async () => {
	expect(await read('Where is it?\n"Is it red, or green?"\n=A1?\n{no}')).toEqual([
		{ number: 1, asked: ['Where is it?'] },
		{ number: 2, asked: ['Is it red, or green?'] },
		{ number: 3, asked: ['=A1?'] },
		{ number: 4, asked: ['{no}'] }
	]);
});

test('what cannot be read is named by its line, and nothing vanishes', async () => {
	expect(await read('id,answer\n1,Yes\n')).toEqual([
		{ number: 1, reason: 'Line 1: no column is called "prompt", "question" or "input"' },
		{ number: 2, reason: 'Line 2: no column is called "prompt", "question" or "input"' }
	]);
	expect(await read('prompt,id\n,7\n"open,8\nGone?,9')).toEqual([
		{ number: 2, reason: 'Line 2 has nothing in the column of the prompt' },
		{ number: 3, reason: 'Line 3 has a quotation that never ends' }
	]);
});
