import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { contentText, promptText } from '../../../src/lib/core/examples/fingerprint.ts';
import { planSplit } from '../../support/data/split-plan.ts';
import { ait, examplesOf, linesOf, newFolder, originalLine, originalProject, rowsOf } from '../../support/app/cli.ts';

test('init makes a project the original could open, and never over another', async () => {
	const folder = newFolder();
	const { code, out } = await ait(
		folder,
		'init --yes --name "My work" --provider together --model m --system "Be kind."'
	);
	expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('data/examples.jsonl') });
	expect(JSON.parse(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8'))).toEqual({
		name: 'My work',
		provider: 'together',
		model: 'm',
		systemPrompt: 'Be kind.',
		qualityThreshold: 8,
		runs: []
	});
	expect(fs.readdirSync(path.join(folder, 'data')).sort()).toEqual([
		'evals',
		'examples.jsonl',
		'train.jsonl',
		'val.jsonl'
	]);
	const again = await ait(folder, 'init --yes');
	expect(again).toMatchObject({ code: 1, err: expect.stringContaining('There is a project here already') });
});

test('init asks on a terminal, and without one says which flags it needs', async () => {
	const folder = newFolder();
	const asked = await ait(folder, 'init', { keys: 'Support\nsandbx\n\nBe kind.\n' });
	expect(asked.code).toBe(0);
	expect(JSON.parse(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8'))).toMatchObject({
		name: 'Support',
		provider: 'sandbox',
		model: 'sandbox-small',
		systemPrompt: 'Be kind.'
	});
	expect(await ait(newFolder(), 'init')).toMatchObject({ code: 2, err: expect.stringContaining('ait init --yes') });
});

test('a folder inside of the project is in the project, and one outside is told what to do', async () => {
	const folder = originalProject([originalLine(1)]);
	expect((await ait(path.join(folder, 'data', 'evals'), 'stats --json')).json()).toMatchObject({ total: 1 });
	expect(await ait(newFolder(), 'stats')).toMatchObject({ code: 1, err: expect.stringContaining('Try: ait init') });
});

test('add takes a pair, a file and a pipe, and counts on from the largest id', async () => {
	const folder = originalProject([originalLine(7)], { systemPrompt: 'Be kind.' });
	await ait(folder, ['add', '--input', 'Where is it?', '--output', 'Here.', '--rating', '9']);
	fs.writeFileSync(path.join(folder, 'one.json'), '{"input":"Two\\nlines?","output":"Yes."}');
	await ait(folder, 'add --file one.json');
	await ait(folder, 'add', {
		pipe: '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},{"role":"assistant","content":"d"}],"note":"kept"}'
	});
	expect(rowsOf(folder).slice(1)).toMatchObject([
		{
			id: 8,
			rating: 9,
			version: 1,
			createdAt: '2026-02-12T10:00:00.000Z',
			messages: [{ content: 'Be kind.' }, { content: 'Where is it?' }, { content: 'Here.' }]
		},
		{ id: 9, rating: null },
		{ id: 10, note: 'kept' }
	]);
	expect((await ait(folder, 'add --input alone')).code).toBe(2);
	expect(await ait(folder, ['add', '-i', 'x', '-o', ' '])).toMatchObject({
		code: 1,
		err: expect.stringContaining('is empty')
	});
	expect(rowsOf(folder)).toHaveLength(4);
});

test('add opens the editor on a terminal, twice', async () => {
	const folder = originalProject([]);
	const editor = path.join(folder, 'editor.sh');
	fs.writeFileSync(editor, '#!/bin/sh\necho "from $(basename "$1")" > "$1"\n', { mode: 0o755 });
	expect((await ait(folder, 'add', { keys: ' ', env: { EDITOR: editor, PATH: process.env.PATH! } })).code).toBe(0);
	expect(rowsOf(folder)).toMatchObject([{ messages: [{ content: 'from input.md' }, { content: 'from output.md' }] }]);
});

test('import reads what the app reads, keeps what it does not know, and leaves out what is there', async () => {
	const folder = originalProject([originalLine(1)]);
	const file = [
		originalLine(1),
		'{"input":"New?","output":"Yes.","rating":9,"team":"north"}',
		'{"id":"a7","messages":[{"role":"user","content":"Old?"},{"role":"assistant","content":"Better."}],"originalOutput":"Worse.","rating":8,"split":"val"}',
		'{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}]}',
		'{"input":"torn"',
		''
	].join('\n');
	fs.writeFileSync(path.join(folder, 'new.jsonl.gz'), gzipSync(file));
	const { code, err, json } = await ait(folder, 'import new.jsonl.gz --json');
	expect(code).toBe(1);
	expect(err).toContain('Line 5 is not valid JSON');
	expect(json()).toEqual({
		...{ added: 3, known: 1, refused: 1, withoutSide: 0, parted: [], refusedFile: 'data/refused.jsonl' },
		scores: { missing: 0, other: 0, taken: 0 }
	});
	expect(rowsOf(folder).slice(1)).toMatchObject([
		{ id: 2, rating: 9, team: 'north' },
		{ id: 3, sourceId: 'a7', originalOutput: 'Worse.', split: 'val', messages: [{}, { content: 'Better.' }] },
		{ id: 4 }
	]);
	expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'refused.jsonl'), 'utf8'))).toMatchObject({
		line: 5,
		text: '{"input":"torn"'
	});
	expect(
		(await ait(folder, 'import - --json', { pipe: file.split('\n').slice(0, 4).join('\n') })).json()
	).toMatchObject({ added: 0, known: 4 });
});

test('an imported example whose question stands on the other side comes in without a side', async () => {
	const folder = originalProject([originalLine(1, { rating: 9, split: 'val' })]);
	const line = originalLine(5, { question: 'question  1?', answer: 'Another.', split: 'train', rating: 9 });
	const { out } = await ait(folder, 'import -', { pipe: line });
	expect(out).toContain('1 came in without a side');
	expect(rowsOf(folder)[1]).not.toHaveProperty('split');
});

const asked = 'My parcel has been on its way for two weeks now and nobody can tell me where it is.';
const nearly = asked.replace('two weeks', 'three weeks').toUpperCase();

test('add refuses a conversation that is there, and names what asks nearly the same', async () => {
	const folder = originalProject([
		originalLine(1, { question: asked }),
		originalLine(2),
		`{"messages":[{"role":"user","content":"Naïve?"},{"role":"assistant","content":"Yes."}]}`
	]);
	const copy = await ait(folder, ['add', '-i', ` ${asked}`, '-o', 'ANSWER 1.']);
	expect(copy).toMatchObject({ code: 1, err: expect.stringContaining('is here already, as example 1') });
	expect(copy.err).toContain('Try: ait show 1');
	expect((await ait(folder, ['add', '-i', 'naïve?', '-o', 'yes.'])).err).toContain('as example #3');
	expect(rowsOf(folder)).toHaveLength(3);
	const added = await ait(folder, ['add', '-i', nearly, '-o', 'In Oslo.']);
	expect(added).toMatchObject({ code: 0, out: expect.stringContaining('nearly the same as example 1: ait split') });
	expect((await ait(folder, ['add', '-i', `${asked}!`, '-o', 'In Rome.', '--json'])).json()).toMatchObject({
		near: ['example 1', 'example 3']
	});
});

test('an imported example that asks nearly what validation does leaves train, and is named', async () => {
	const folder = originalProject([
		originalLine(1, { question: asked, rating: 9, split: 'val' }),
		originalLine(2, { rating: 9, split: 'train' })
	]);
	const pipe = [
		originalLine(5, { question: nearly, split: 'train', rating: 9 }),
		originalLine(6, { question: `${asked} Where?`, split: 'val', rating: 9 }),
		originalLine(7, { question: 'Do you ship to Norway, and what does it cost?', split: 'train', rating: 9 })
	].join('\n');
	expect((await ait(folder, 'import - --dry-run', { pipe })).code).toBe(0);
	const { code, out } = await ait(folder, 'import -', { pipe });
	expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('example 3, as example 1') });
	expect(rowsOf(folder).map(({ split }) => split)).toEqual(['val', 'train', undefined, 'val', 'train']);
	const again = originalLine(9, { question: asked.replace('nobody', 'no one'), split: 'train', rating: 9 });
	expect((await ait(folder, 'import - --json', { pipe: again })).json()).toMatchObject({
		...{ added: 1, withoutSide: 0, parted: [{ example: 'example 6', twin: 'example 1' }] }
	});
});

test('among many ait split looks for them, and takes them out of train; what was learnt stays and is told', async () => {
	const other = (id: number) =>
		`${id} ${'abcdefghij'
			.split('')
			.map((sign) => sign.repeat(1 + ((id * 7) % 5)) + id)
			.join(' ')}`;
	const folder = originalProject([
		originalLine(1, { question: asked, rating: 9, split: 'val' }),
		...Array.from({ length: 3000 }, (_, at) => originalLine(at + 2, { question: other(at), rating: 9, split: 'train' }))
	]);
	const pipe = originalLine(9000, { question: nearly, split: 'train', rating: 9 });
	const { out } = await ait(folder, 'import -', { pipe });
	expect(out).toContain('ait split looks for what asks nearly the same');
	expect(rowsOf(folder).at(-1)).toMatchObject({ split: 'train' });
	fs.writeFileSync(examplesOf(folder), [linesOf(folder)[0], linesOf(folder)[1], linesOf(folder).at(-1), ''].join('\n'));
	const split = await ait(folder, 'split --json');
	expect(split.json()).toMatchObject({ moved: 1, parted: 1, conflicts: 0 });
	expect(rowsOf(folder).map((row) => row.split)).toEqual(['val', 'train', 'val']);
});

test('scores of what is there already are offered, and taken only when somebody says so', async () => {
	const folder = originalProject([
		originalLine(1),
		originalLine(2, { rating: 3, note: 'kept' }),
		originalLine(3, { rating: 8 }),
		originalLine(4)
	]);
	const before = linesOf(folder);
	const file = [1, 2, 3, 4].map((id) => originalLine(id, { rating: id === 4 ? null : 8 })).join('\n');
	fs.writeFileSync(path.join(folder, 'again.jsonl'), file);
	const told = await ait(folder, 'import again.jsonl');
	expect(told).toMatchObject({ code: 0, out: expect.stringContaining('ait import again.jsonl --scores new') });
	expect(told.out.replaceAll('\n', ' ')).toContain('1 for examples without one, 1 that is another than here');
	expect((await ait(folder, 'import again.jsonl', { keys: '\n' })).code).toBe(0);
	expect((await ait(folder, 'import again.jsonl --scores all --dry-run --json')).json().scores).toEqual({
		...{ missing: 1, other: 1, taken: 0 }
	});
	expect(linesOf(folder)).toEqual(before);
	await ait(folder, 'import again.jsonl', { keys: 'new\n' });
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([8, 3, 8, null]);
	expect((await ait(folder, 'import again.jsonl --scores all --json')).json()).toMatchObject({
		...{ added: 0, known: 4, scores: { missing: 0, other: 1, taken: 1 } }
	});
	expect(rowsOf(folder).map(({ rating }) => rating)).toEqual([8, 8, 8, null]);
	expect(linesOf(folder)[1]).toBe(before[1]!.replace('"rating":3', '"rating":8'));
	expect((await ait(folder, 'import again.jsonl')).out).not.toContain('--scores');
});

test('a pair of preferences comes in as an improved answer, and goes out as a pair', async () => {
	const folder = originalProject([]);
	const pair = {
		input: { messages: [{ role: 'user', content: 'Where is it?' }], tools: [] },
		preferred_output: [{ role: 'assistant', content: 'On its way.' }],
		non_preferred_output: [{ role: 'assistant', content: 'No idea.' }],
		...{ rating: 9, split: 'train' }
	};
	expect((await ait(folder, 'import - --json', { pipe: JSON.stringify(pair) })).json()).toMatchObject({ added: 1 });
	await ait(folder, 'add', { pipe: '{"prompt":"And now?","chosen":"Here.","rejected":"Gone."}' });
	expect(rowsOf(folder)).toMatchObject([
		{ messages: [{}, { content: 'On its way.' }], originalOutput: 'No idea.', rating: 9, split: 'train' },
		{ messages: [{}, { content: 'Here.' }], originalOutput: 'Gone.' }
	]);
	expect((await ait(folder, 'format --preference --json')).json()).toMatchObject({ train: 1, preference: 1 });
	expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'preference.jsonl'), 'utf8'))).toMatchObject({
		input: { messages: [{ role: 'user', content: 'Where is it?' }] },
		preferred_output: [{ content: 'On its way.' }],
		non_preferred_output: [{ content: 'No idea.' }]
	});
});

test('an import that is stopped leaves the file as it was', async () => {
	const folder = originalProject([originalLine(1)]);
	const before = fs.readFileSync(examplesOf(folder), 'utf8');
	const stopped = new AbortController();
	stopped.abort();
	const pipe = Array.from({ length: 2000 }, (_, id) => originalLine(id + 2)).join('\n');
	expect(await ait(folder, 'import -', { pipe, signal: stopped.signal })).toMatchObject({
		code: 1,
		err: expect.stringContaining('Stopped')
	});
	expect(fs.readFileSync(examplesOf(folder), 'utf8')).toBe(before);
});

test('stats draws how many have which score, with the threshold, the sides and what is missing', async () => {
	const scores = [10, 9, 9, 9, 9, 8, 4, 4, null];
	const folder = originalProject(
		scores.map((rating, at) => originalLine(at + 1, { rating, ...(at === 0 && { split: 'train' }) }))
	);
	const { out } = await ait(folder, 'stats');
	const bar = (length: number) => '█'.repeat(length);
	expect(out.split('\n').slice(0, 21)).toEqual([
		...['Support', '9 examples', ''],
		...['Rated       8 (89 %)', 'Unrated     1 (11 %)', 'Good        6 (67 %, 8 or better)'],
		...['Train       1', 'Validation  0', ''],
		...[
			`  10 1 ${bar(10)}`,
			`   9 4 ${bar(40)}`,
			`   8 1 ${bar(10)}`,
			'     ─ good from here up',
			'   7 0',
			'   6 0',
			'   5 0'
		],
		...[`   4 2 ${bar(20)}`, '   3 0', '   2 0', '   1 0', '']
	]);
	expect((await ait(folder, 'stats --json')).json()).toMatchObject({
		...{ total: 9, rated: 8, unrated: 1, threshold: 8, quality: 6, train: 1, validation: 0 },
		ratings: { 10: 1, 9: 4, 8: 1, 4: 2, 1: 0 },
		readiness: { isReady: false }
	});
});

test('list and show find what is asked for, and JSON has all of it', async () => {
	const folder = originalProject([
		originalLine(1, { rating: 9, split: 'train' }),
		originalLine(2, { rating: 3, answer: 'A \u001b]0;bad\u0007 answer' }),
		originalLine(3)
	]);
	expect((await ait(folder, 'list')).out.split('\n')).toHaveLength(5);
	const found = await ait(folder, 'list --max 5 --json');
	expect(JSON.parse(found.out)).toMatchObject({ id: '2', rating: 3 });
	expect((await ait(folder, 'list --unrated --split none --search "question 3" --json')).out).toContain('"id":"3"');
	expect((await ait(folder, 'list --min 10')).out).toBe('None is like that.\n');
	const shown = await ait(folder, 'show 2');
	expect(shown.painted).not.toContain('\u001b]0;');
	expect(shown.out).toContain('Question 2?');
	expect((await ait(folder, "show '#3' --json")).json()).toMatchObject({ id: '3', line: 3 });
	expect(await ait(folder, 'show 9')).toMatchObject({ code: 1, err: expect.stringContaining('There is no example 9') });
});

test('edit changes one line and nothing else, keeps the model’s words, and deletes', async () => {
	const lines = [
		originalLine(1, { rating: 9 }),
		`{ "id": 2, "big": 12345678901234567890, "messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}] }`
	];
	const folder = originalProject(lines);
	expect((await ait(folder, 'edit 2 --output Better --rating 9')).code).toBe(0);
	expect(linesOf(folder)[0]).toBe(lines[0]);
	expect(linesOf(folder)[1]).toContain('"big": 12345678901234567890');
	expect(rowsOf(folder)[1]).toMatchObject({
		originalOutput: 'A',
		rating: 9,
		version: 2,
		messages: [{}, { content: 'Better' }]
	});
	await ait(folder, 'edit 2 --output A');
	expect(rowsOf(folder)[1]).not.toHaveProperty('originalOutput');
	expect((await ait(folder, 'edit 1 --delete')).code).toBe(2);
	expect((await ait(folder, 'edit 1 --delete', { keys: 'n\n' })).code).toBe(1);
	expect((await ait(folder, 'edit 1 --delete --yes')).code).toBe(0);
	expect(rowsOf(folder)).toHaveLength(1);
});

test('edit in the editor may not bring a question to both sides', async () => {
	const folder = originalProject([
		originalLine(1, { split: 'train', rating: 9 }),
		originalLine(2, { split: 'val', rating: 9 })
	]);
	const editor = path.join(folder, 'editor.sh');
	fs.writeFileSync(editor, '#!/bin/sh\nsed -i "s/Question 1?/QUESTION 2?/" "$1"\n', { mode: 0o755 });
	const { code, err } = await ait(folder, 'edit 1', { keys: ' ', env: { EDITOR: editor, PATH: process.env.PATH! } });
	expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('is in validation') });
	expect(rowsOf(folder)[0].messages[1].content).toBe('Question 1?');
	const near = originalProject([
		originalLine(1, { split: 'train', rating: 9 }),
		originalLine(2, { question: asked, split: 'val', rating: 9 })
	]);
	fs.writeFileSync(editor, `#!/bin/sh\nsed -i "s/Question 1?/${nearly}/" "$1"\n`, { mode: 0o755 });
	const edited = await ait(near, 'edit 1', { keys: ' ', env: { EDITOR: editor, PATH: process.env.PATH! } });
	expect(edited).toMatchObject({ code: 1, err: expect.stringContaining('nearly the same as example 2') });
	expect(rowsOf(near)[0].messages[1].content).toBe('Question 1?');
});

test('split deals out in proportion, the same for every machine, and again changes nothing', async () => {
	const lines = Array.from({ length: 40 }, (_, at) => originalLine(at + 1, { rating: at < 30 ? 8 + (at % 3) : 4 }));
	const folder = originalProject(lines);
	const dry = (await ait(folder, 'split --dry-run --json')).json();
	expect(dry).toMatchObject({ moved: 0, wouldMove: 30, train: 24, validation: 6 });
	expect(linesOf(folder)).toEqual(lines);
	await ait(folder, 'split');
	const first = linesOf(folder);
	expect(
		first
			.map(
				(line, at) =>
					line === lines[at] ||
					line === lines[at]!.replace(/}$/, ',"split":"train"}') ||
					line === lines[at]!.replace(/}$/, ',"split":"val"}')
			)
			.every(Boolean)
	).toBe(true);
	expect((await ait(folder, 'split --json')).json()).toMatchObject({ moved: 0 });
	// another order of the same examples gives the same sides
	const other = originalProject([...lines].reverse());
	await ait(other, 'split');
	expect(linesOf(other).sort()).toEqual([...first].sort());
});

test('a side takes the place of an empty one, and no field is there twice', async () => {
	const folder = originalProject(
		Array.from({ length: 20 }, (_, at) => originalLine(at + 1, { rating: 9, split: null }))
	);
	await ait(folder, 'split');
	for (const line of linesOf(folder)) expect(line.match(/"split":"(train|val)"/g)).toHaveLength(1);
	expect((await ait(folder, 'stats --json')).json()).toMatchObject({ train: 16, validation: 4, unreadable: 0 });
});

test('the split is the one the app makes of the same file', async () => {
	const lines = Array.from({ length: 60 }, (_, at) =>
		originalLine(at + 1, { rating: 6 + (at % 5), question: `Question ${at % 50}?`, ...(at < 4 && { split: 'val' }) })
	);
	const folder = originalProject(lines);
	const before = rowsOf(folder);
	await ait(folder, 'split --seed 5 --ratio 0.7');
	const sha = (text: string) => createHash('sha256').update(text).digest('hex');
	const examples = before.map(({ messages, rating, split }) => ({
		id: sha(contentText(messages)),
		group: sha(promptText(messages)),
		rating,
		split: split ? ('validation' as const) : ('unassigned' as const),
		trained: false
	}));
	const { moves } = planSplit({ examples, ratio: 0.7, seed: 5, threshold: 8 });
	const sides = new Map(moves.map(({ id, to }) => [id, to === 'train' ? 'train' : 'val']));
	const after = rowsOf(folder);
	for (const [at, { id, rating, split }] of examples.entries())
		expect(after[at].split).toBe(split === 'validation' ? 'val' : rating >= 8 ? sides.get(id) : undefined);
	expect(moves.length).toBeGreaterThan(20);
});

test('reshuffle asks, never moves validation nor what has trained', async () => {
	const lines = Array.from({ length: 30 }, (_, at) => originalLine(at + 1, { rating: 9 }));
	const folder = originalProject(lines);
	await ait(folder, 'split');
	const before = rowsOf(folder);
	const trained = before.filter(({ split }) => split === 'train').slice(0, 12);
	fs.mkdirSync(path.join(folder, 'data', 'runs', 'v1'), { recursive: true });
	fs.writeFileSync(
		path.join(folder, 'data', 'runs', 'v1', 'train.jsonl'),
		trained.map(({ messages }) => JSON.stringify({ messages })).join('\n')
	);
	const config = JSON.parse(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8'));
	fs.writeFileSync(
		path.join(folder, '.aitelier.json'),
		JSON.stringify({
			...config,
			runs: [{ jobId: 'j', provider: 'together', startedAt: '2026-02-11', status: 'completed', hyperparameters: {} }]
		})
	);
	expect((await ait(folder, 'split --reshuffle --ratio 0.5')).code).toBe(2);
	await ait(folder, 'split --reshuffle --ratio 0.5 --seed 3 --yes');
	const after = rowsOf(folder);
	expect(after.filter(({ split }) => split === 'val')).toHaveLength(15);
	for (const [at, { id, split }] of before.entries()) {
		if (split === 'val') expect(after[at].split).toBe('val');
		if (trained.some((each) => each.id === id)) expect(after[at].split).toBe('train');
	}
});

test('format writes the same bytes the app sends, and clears a side that is empty', async () => {
	const folder = originalProject(
		[
			originalLine(1, { rating: 9, split: 'train', originalOutput: 'Worse.' }),
			originalLine(2, { rating: 7, split: 'train' }),
			'{"id":3,"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A","weight":0},{"role":"user","content":"R"},{"role":"assistant","content":"B","weight":1}],"rating":8,"split":"train"}'
		],
		{ systemPrompt: 'Be short.' }
	);
	fs.writeFileSync(path.join(folder, 'data', 'val.jsonl'), 'stale\n');
	expect((await ait(folder, 'format --preference --json')).json()).toMatchObject({
		train: 2,
		validation: 0,
		preference: 1
	});
	const train = fs
		.readFileSync(path.join(folder, 'data', 'train.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	expect(train[0]).toEqual({
		messages: [
			{ role: 'system', content: 'Be kind.' },
			{ role: 'user', content: 'Question 1?' },
			{ role: 'assistant', content: 'Answer 1.' }
		]
	});
	expect(train[1].messages[0]).toEqual({ role: 'system', content: 'Be short.' });
	expect(train[1].messages[2]).toEqual({ role: 'assistant', content: 'A', weight: 0 });
	expect(fs.readFileSync(path.join(folder, 'data', 'val.jsonl'), 'utf8')).toBe('');
	expect(JSON.parse(fs.readFileSync(path.join(folder, 'data', 'preference.jsonl'), 'utf8'))).toMatchObject({
		preferred_output: [{ content: 'Answer 1.' }],
		non_preferred_output: [{ content: 'Worse.' }]
	});
});

test('preference pairs are those that a training with preferences takes', async () => {
	const rewritten = (id: number, more: object) => originalLine(id, { originalOutput: `Worse ${id}.`, ...more });
	const folder = originalProject([
		rewritten(1, { rating: 9, split: 'train' }),
		rewritten(2, { rating: null, split: 'train' }), // nobody has rated it: the rewrite is a judgement of its own
		rewritten(3, { rating: 5, split: 'train' }),
		rewritten(4, { rating: 9, split: 'val' }),
		rewritten(5, { rating: 9 })
	]);
	const preference = path.join(folder, 'data', 'preference.jsonl');
	expect((await ait(folder, 'format --preference --json')).json()).toMatchObject({ train: 1, preference: 2 });
	const pairs = fs.readFileSync(preference, 'utf8');
	expect([...pairs.matchAll(/Worse (\d)/g)].map(([, id]) => id)).toEqual(['1', '2']);
	const unrated = originalProject([rewritten(2, { rating: null, split: 'train' })]);
	expect((await ait(unrated, 'format --preference --json')).json()).toMatchObject({ train: 0, preference: 1 });
	expect((await ait(unrated, 'format')).code).toBe(3);
});

test('format writes nothing of what the provider would refuse', async () => {
	const folder = originalProject([
		'{"id":1,"messages":[{"role":"user","content":"Q"},{"role":"user","content":"R"},{"role":"assistant","content":"A"}],"rating":9,"split":"train"}'
	]);
	expect(await ait(folder, 'format')).toMatchObject({ code: 3, err: expect.stringContaining('turn 2 is from user') });
	expect(fs.readFileSync(path.join(folder, 'data', 'train.jsonl'), 'utf8')).toBe('');
	expect((await ait(folder, 'format --provider openai')).code).toBe(0);
	expect(await ait(originalProject([originalLine(1)]), 'format')).toMatchObject({
		code: 3,
		err: expect.stringContaining('ait split')
	});
});

test('a split that leaves validation empty says why', async () => {
	const ask = (id: number, rating: number) =>
		originalLine(id, { rating, question: `Where is my parcel number ${id}?` });
	const one = originalProject([1, 2, 3, 4, 5, 6].map((id) => ask(id, 9)));
	expect((await ait(one, 'split --dry-run')).out).toContain('They ask one question again and again, or nearly');
	const none = originalProject([ask(1, 7)]);
	expect((await ait(none, 'split')).out).toBe('No example is good enough yet: ait rate gives 8 or better.\n');
	const other = Array.from({ length: 10 }, (_, at) =>
		originalLine(at + 1, { rating: 9, question: 'abcdefghij'[at]!.repeat(40) })
	);
	expect((await ait(originalProject(other), 'split --dry-run')).out).not.toContain('again and again');
});
