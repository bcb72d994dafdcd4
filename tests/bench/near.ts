import { inProject } from '../../src/lib/server/access/scope.ts';
import { importExamples } from '../../src/lib/server/examples/commands.ts';
import { compareExamples } from '../../src/lib/server/examples/compare.ts';
import { caught } from '../support/data/planted.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { type Measure, randomFrom, spent } from './measure.ts';

const rows = 20_000;
/** Another file, a week later. */
const laterRows = 1000;
const words =
	'the quick customer asks where a parcel is and whether it can be returned after thirty days because the kettle leaks while we answer with steps about labels refunds invoices gift cards and warranty'.split(
		' '
	);

/** What a prompt of this size is like: 35 words, one in fifty of them a near twin of an earlier one. */
const lines = function* (rows: number, seed: number) {
	const random = randomFrom(seed);
	const asked: string[] = [];
	for (let i = 0; i < rows; i++) {
		const isTwin = i % 50 === 49;
		const said = Array.from({ length: 35 }, () => words[Math.floor(random() * words.length)]).join(' ');
		const content = isTwin ? `Hello, ${asked[Math.floor(random() * asked.length)]!}` : said;
		asked.push(content);
		const messages = [
			{ role: 'user', content },
			{ role: 'assistant', content: 'It comes on Friday.' }
		];
		yield { number: i + 1, text: JSON.stringify({ messages }) };
	}
};

/** NEAR: prompts that nearly ask the same are found, hardly any other is taken for one, and a large import is compared quickly. */
export const run = async (): Promise<Measure[]> => {
	const { told, twins, examples } = caught();
	const planted = told.reduce((sum, one) => sum + one.planted, 0);
	const team = await newTeam();
	const { project } = await newProject(team.scope, {});
	const place = await inProject(team.scope, project.slug);
	// processor time of this process: what else goes on in the machine makes no difference
	const importing = await spent(() => importExamples(place, { fileName: 'near.jsonl', lines: lines(rows, 7) }));
	const comparing = await spent(() => compareExamples(team.scope, project.id));
	await importExamples(place, { fileName: 'later.jsonl', lines: lines(laterRows, 11) });
	const comparingLater = await spent(() => compareExamples(team.scope, project.id));
	const share = { unit: '%', judged: 'value' as const };
	return [
		{
			id: 'NEAR',
			what: `of ${planted} planted near twins (${told.map(({ kind, caught: count, planted }) => `${kind} ${count}/${planted}`).join(', ')}) so many are told`,
			...share,
			values: [(100 * told.reduce((sum, one) => sum + one.caught, 0)) / planted],
			target: 95,
			moonshot: 99,
			better: 'higher'
		},
		{
			id: 'NEAR',
			what: `of ${examples} examples of our own data sets so many have a twin`,
			...share,
			values: [(100 * twins.length) / examples],
			target: 1,
			moonshot: 0.1,
			better: 'lower',
			note: 'each of them was read: they are near twins, written so'
		},
		{
			id: 'NEAR',
			what: `${rows.toLocaleString('en')} examples are compared in the background, read and written down included`,
			unit: 'a second of the processor',
			values: [rows / (comparing / 1000)],
			floor: { what: 'the import of the same', values: [rows / (importing / 1000)] },
			judged: 'value',
			target: 5000,
			moonshot: 20_000,
			better: 'higher'
		},
		{
			id: 'NEAR',
			what: `${laterRows.toLocaleString('en')} more are compared with those`,
			unit: 'ms of the processor',
			values: [comparingLater],
			floor: { what: 'all of them at first', values: [comparing] },
			judged: 'value over floor',
			target: 0.8,
			moonshot: 0.2,
			better: 'lower'
		}
	];
};
