import fs from 'node:fs';
import path from 'node:path';
import { operations } from '../../src/lib/contract/operations.ts';
import type { Mutant } from './mutant.ts';
import type { Around } from './source.ts';

const server = 'src/lib/server';
const tests = 'tests/server';

/** What a function of one word makes of it, once for each word. */
const kept = <T>(make: (word: string) => T): ((word: string) => T) => {
	const known = new Map<string, T>();
	return (word) => {
		if (!known.has(word)) known.set(word, make(word));
		return known.get(word)!;
	};
};

const filesBelow = kept((folder: string): string[] =>
	fs
		.readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.map(({ parentPath, name }) => path.posix.join(parentPath.replaceAll('\\', '/'), name))
		.sort()
);

/** Of a table that everything uses not every test is asked: these many say the most of it. */
const atMost = 12;

/** No mutant would reach a test that starts processes, which run what was built, nor one that migrates databases of its own. */
const isWithin = (file: string) =>
	!/(web|worker|lossy)-process|started-app|running-app|startEmbeddedPostgres|db\/migrate/.test(read(file));

const read = kept((file) => fs.readFileSync(file, 'utf8'));

const camel = kept((name) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
/** How often each word stands in a file. */
const wordsOf = kept((file) => {
	const counts = new Map<string, number>();
	for (const [word] of read(file).matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
	return counts;
});
const mentions = (file: string, names: string[]) =>
	names
		.flatMap((name) => [...new Set([name, camel(name)])])
		.reduce((sum, word) => sum + (wordsOf(file).get(word) ?? 0), 0);

const testsBelow = kept((folder) => filesBelow(folder).filter((file) => file.endsWith('.test.ts') && isWithin(file)));
/** The tests of the rooms, without those that start processes. */
const testFiles = () => testsBelow(tests);

/** How many test files have a word. */
const testsWith = kept((word) => testFiles().filter((file) => wordsOf(file).has(word)).length);

/** Rounds of many at once, and programs: they are asked last. */
const takesLong = /\/(derived|waiting|verify|import-bombs|counted)\.test/;

/** One word of its own says as much as these many that others share. */
const ownCount = 50;
/** And its very name, which is the first of them, as a namesake. */
const nameCount = 100;
/** A word that so many tests have is nobody's own. */
const isCommon = 20;

/**
 * The tests of something in the database: those that name it (or one of its `own` words, which count more), before others the ones of the database itself, then the tests that
 * have the name of a file of the server which names it, and others of their rooms. Those that name it most come first.
 */
export const testsNaming = (names: string[], own: string[]): string[] => {
	const all = [...names, ...own];
	const rare = own.filter((word) => testFiles().filter((file) => mentions(file, [word]) > 0).length < isCommon);
	const speaks = (file: string) => mentions(file, names) + ownCount * mentions(file, rare);
	const naming = filesBelow(server).filter((file) => mentions(file, all) > 0);
	const rooms = new Set(naming.map(roomOf));
	const namesakes = new Set(naming.map((file) => file.replace(server, tests).replace(/\.ts$/, '.test.ts')));
	const weight = (file: string) =>
		speaks(file) +
		(mentions(file, own.slice(0, 1)) > 0 ? nameCount : 0) +
		(file.includes('/platform/db/') && mentions(file, all) > 0 ? 100 : 0) +
		(namesakes.has(file) ? 100 : 0) +
		(rooms.has(file.slice(tests.length + 1).split('/')[0]!) ? 0.5 : 0);
	return testFiles()
		.filter((file) => weight(file) > 0)
		.sort((a, b) => weight(b) - weight(a))
		.slice(0, atMost)
		.sort((a, b) => Number(takesLong.test(a)) - Number(takesLong.test(b)) || speaks(b) - speaks(a)); // who speaks of it most has the most to say
};

/** What asks every operation there is. */
export const everyOperation = 'tests/server/operations.test.ts';
/** What asks every page and every stream what they tell of others' scores. */
const everyAnswer = 'tests/server/blindness.test.ts';

const roomOf = (file: string) => file.slice(server.length + 1).split('/')[0]!;

/** The files of the server that know of teams: not the platform, nor the providers, whose projects are others. */
export const serverFiles = (): string[] => filesBelow(server).filter((file) => !/\/(platform|providers)\//.test(file));

/** A file as others name it who import it from another room. */
const nameOf = (file: string) => `/${file.split('/').slice(-2).join('/')}'`;

/** The other rooms that import a file of this one. */
const roomsImporting = (file: string): string[] => {
	const itsName = nameOf(file);
	const importing = serverFiles().filter((other) => roomOf(other) !== roomOf(file) && read(other).includes(itsName));
	return [...new Set(importing.map(roomOf))];
};

/** A word on the line that is changed, which few tests have, says more than that a test imports the file. */
const lineCount = 700;
const isRare = 8;
/** And what a room calls of a file, its tests may notice. */
const callCount = 600;
/** Of a room, and those that use it, some more are asked: the likeliest come first. */
const atMostOfRoom = 16;

/**
 * The tests of a file of src/lib/server: those that speak of what stands around a change, the file's own, those that import it, or a file of its room that does, or are of
 * such a file, those of its room and of rooms that call what is changed, others that name the room, the one of what others' scores tell, and the one that asks every
 * operation. Of that one the room's operations are asked and those of the rooms that import the file, or all where there are none,
 * and of their tests those that match `asking`.
 */
export const testsOfRoom = (file: string, asking: RegExp): ((around: Around) => Pick<Mutant, 'files' | 'named'>) => {
	const room = roomOf(file);
	const itsName = nameOf(file);
	const imports = (test: string) => {
		const itsOwn = test.replace(tests, server).replace('.test.ts', '.ts');
		const saidThere = roomOf(itsOwn) === room ? `'./${path.basename(file)}'` : itsName;
		return read(test).includes(itsName) || (fs.existsSync(itsOwn) && read(itsOwn).includes(saidThere));
	};
	/** Files of the room through which a test comes to this one. */
	const through = serverFiles()
		.filter((other) => roomOf(other) === room && read(other).includes(`'./${path.basename(file)}'`))
		.map(nameOf);
	const roomsCalling = kept(
		(name: string) =>
			new Set(
				serverFiles()
					.filter((other) => other !== file && wordsOf(other).has(name))
					.map(roomOf)
			)
	);
	const weightOf = kept(
		(test: string) =>
			(test === file.replace(server, tests).replace(/\.ts$/, '.test.ts') ? 2000 : 0) +
			(imports(test) ? 1000 : 0) +
			(through.some((name) => read(test).includes(name)) ? 600 : 0) +
			(test.startsWith(`${tests}/${room}/`) ? 500 : 0) +
			(read(test).split(`/server/${room}/`).length - 1)
	);
	const asked = [room, ...roomsImporting(file)].filter((each) =>
		operations.some(({ name }) => name.startsWith(`${each}.`))
	);
	const named = new RegExp(
		`^(?:what happens (?:> )?)?${asked.length > 0 ? `(?:${asked.join('|')})\\.` : ''}.*(?:${asking.source})`
	);
	return ({ words, within }) => {
		const rare = words.filter((word) => testsWith(word) < isRare);
		const calling = roomsCalling(within ?? '');
		const isCalling = (test: string) => calling.has(test.slice(tests.length + 1).split('/')[0]!);
		const says = (test: string) => rare.filter((word) => wordsOf(test).has(word)).length;
		const weights = new Map(
			testFiles().map((test) => [test, weightOf(test) + lineCount * says(test) + (isCalling(test) ? callCount : 0)])
		);
		const [likeliest, ...others] = testFiles()
			.filter((test) => weights.get(test)! > 0)
			.sort((a, b) => weights.get(b)! - weights.get(a)!)
			.slice(0, atMostOfRoom);
		const files = [...(likeliest ? [likeliest] : []), everyOperation, ...others, everyAnswer];
		return { files: [...new Set(files)], named: { [everyOperation]: named } };
	};
};
