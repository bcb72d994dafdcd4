// What stands guard where examples come in keeps what it has read of a project, and reads no more than it can.
import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { compareExamples } from '../../../src/lib/server/examples/compare.ts';
import { addExample, deleteExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { findTwin } from '../../../src/lib/server/examples/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const pan = 'I ordered the carbon steel pan two weeks ago and it has not come yet. Where is the parcel now?';
const kettle = 'The copper kettle whistles before the water boils, and the handle gets so hot that nobody can hold it.';
const again = (text: string) => `Hello! ${text} Thanks`;
const said = (content: string) => [
	{ role: 'user' as const, content },
	{ role: 'assistant' as const, content: 'Of course.' }
];

const newPlace = async () => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	const lock = async (number: number, question: string) =>
		(await addRows(scope, project.id, [{ question, split: 'validation' }], number))[0]!.id;
	return { scope, project, lock, place: await inProject(scope, project.slug) };
};

test('what is locked or deleted after a look is known at the next one', async () => {
	const { place, lock } = await newPlace();
	await lock(501, pan);
	expect(await findTwin(place, { messages: said(again(pan)) })).toMatchObject({ number: 501 });
	expect(await findTwin(place, { messages: said(again(kettle)) })).toBe(null);
	const id = await lock(502, kettle);
	expect(await findTwin(place, { messages: said(again(kettle)) })).toMatchObject({ id, number: 502, input: kettle });
	await deleteExamples(place, { ids: [id] });
	expect(await findTwin(place, { messages: said(again(kettle)) })).toMatchObject({ id: null, number: 502 });
});

test('nobody is shown what is locked in another project, or at another team', async () => {
	const [here, there] = [await newPlace(), await newPlace()];
	const { project } = await newProject(there.scope, { slug: 'other' });
	await addRows(there.scope, project.id, [{ question: 'Of another number 501?' }], 501);
	await there.lock(501, pan);
	expect(await findTwin(there.place, { messages: said(again(pan)) })).toMatchObject({ number: 501, input: pan });
	const beside = await inProject(there.scope, project.slug);
	for (const place of [here.place, beside]) {
		expect(await findTwin(place, { messages: said(again(pan)) })).toBe(null);
		const lines = [{ number: 1, text: JSON.stringify({ messages: said(again(pan)) }) }];
		expect(await importExamples(place, { fileName: 'a', lines })).toMatchObject({ added: 1, refused: 0 });
	}
});

const words = Array.from({ length: 6_000 }, (_, at) => (at * 7919).toString(36));
test.for([
	['many letters', words.join(' ')],
	['many blanks', `${pan}${' '.repeat(90_000)}${pan}`]
])(
	'of a locked prompt with %s only the very same is known at once; the background finds the others',
	async ([, long]) => {
		const { place, project, lock } = await newPlace();
		await lock(501, long!);
		await lock(502, kettle);
		expect(await findTwin(place, { messages: said(long!) })).toMatchObject({ number: 501, is: 'asks the same' });
		expect(await findTwin(place, { messages: said(again(kettle)) })).toMatchObject({ number: 502 });
		const { id } = await addExample(place, { messages: said(again(long!)), rating: 9 });
		await compareExamples(place, project.id);
		await expect(moveExamples(place, { ids: [id], side: 'train' })).rejects.toMatchObject({ code: 'conflict' });
	}
);
