import { expect, test } from 'vitest';
import { linesOfFile } from '../../../src/lib/core/examples/import/file-lines.ts';
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
	expect(['a.csv', 'a.TSV', 'a.csv.txt', 'csv'].map(isTable)).toEqual([true, true, false, false]);
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

test('what stands around a name or a text is no part of it, and a short row has no more', async () => {
	expect(await read('id, Prompt , System\n1, Where is it? , Be kind. \n2,Why?\n3')).toEqual([
		{ number: 2, asked: ['Be kind.', 'Where is it?'] },
		{ number: 3, asked: ['Why?'] },
		{ number: 4, reason: 'Line 4 has nothing in the column of the prompt' }
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

test('a quotation mark within a cell opens none: the rows behind it stay', async () => {
	const rows = [
		{ number: 2, asked: ['Is the 5" one red?'] },
		{ number: 3, asked: ['And the other?'] },
		{ number: 4, asked: ['It "is" 6" wide, or?'] }
	];
	expect(await read('prompt,id\nIs the 5" one red?,1\nAnd the other?,2\n"It ""is"" 6"" wide, or?",3')).toEqual(rows);
	expect(await read('prompt\nIs the 5" one red?\nAnd the other?\n"It ""is"" 6"" wide, or?"')).toEqual(rows);
	expect(await read('prompt,system\n"","x"\n"""No""",')).toEqual([
		{ number: 2, reason: 'Line 2 has nothing in the column of the prompt' },
		{ number: 3, asked: ['"No"'] }
	]);
});

test('the mark at the beginning of a spreadsheet’s file is no part of the first name, which may be quoted', async () => {
	async function* file() {
		yield new TextEncoder().encode('\ufeff"prompt","id"\r\n"Where, then?","1"\r\n');
	}
	const lines = await Array.fromAsync(linesOfTable(linesOfFile(file())));
	expect(lines).toEqual([{ number: 2, text: '{"prompt":"Where, then?"}' }]);
});

test('a million columns, and a quotation that never ends over as many lines, are read once', async () => {
	const wide = await read(`${'x,'.repeat(500_000)}prompt\n${'"1",'.repeat(500_000)}Where?\n`);
	expect(wide).toEqual([{ number: 2, asked: ['Where?'] }]);
	const open = await read(`prompt,id\n"open,1\n${'x\n'.repeat(400_000)}`);
	expect(open).toEqual([{ number: 2, reason: 'Line 2 has a quotation that never ends' }]);
	function* apart() {
		yield { number: 1, text: 'prompt,id' };
		yield { number: 2, text: '"open,1' };
		yield { number: 2 ** 30, text: 'Where?,2' };
	}
	expect(await Array.fromAsync(linesOfTable(apart()))).toEqual([
		{ number: 2, text: null, reason: 'Line 2 has a quotation that never ends' },
		{ number: 2 ** 30, text: '{"prompt":"Where?"}' }
	]);
});
