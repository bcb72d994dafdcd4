import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** What mutants are made of, and all that tests lean on but the test files themselves. */
const leaned = ['src', 'drizzle', 'examples', 'tests', 'package-lock.json'];
const isTest = (file: string) => file.endsWith('.test.ts') || file.startsWith('tests/mutate/');

const filesIn = (place: string): string[] => {
	if (fs.statSync(place).isFile()) return [place];
	const names = fs.readdirSync(place, { recursive: true, encoding: 'utf8' });
	return names.map((name) => path.posix.join(place, name)).filter((file) => fs.statSync(file).isFile());
};

const hashOf = (files: string[]): string => {
	const hash = createHash('sha256');
	for (const file of files.toSorted()) hash.update(`${file}\0`).update(fs.readFileSync(file)).update('\0');
	return hash.digest('hex').slice(0, 16);
};

/**
 * Verdicts in a file, one line each, so that a run which was cut short goes on where it was. One holds as long as the product,
 * what tests lean on, and the tests that gave it are the same to the byte: the one that killed, or all that did not.
 */
export class Verdicts<T> {
	private readonly known = new Map<string, { tests: string; found: T }>();
	private readonly product = hashOf(leaned.flatMap(filesIn).filter((file) => !isTest(file)));
	private readonly file: string | undefined;
	private readonly testsOf: (found: T, asked: string[]) => string[];

	constructor(file: string | undefined, testsOf: (found: T, asked: string[]) => string[]) {
		this.file = file;
		this.testsOf = testsOf;
		if (!file || !fs.existsSync(file)) return;
		for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
			const { key, tests, found } = JSON.parse(line) as { key: string; tests: string; found: T };
			this.known.set(key, { tests, found });
		}
	}

	/** What was found of this mutant (its name and text) by these test files before, or what `find` finds now. */
	async of(mutant: string, asked: string[], find: () => Promise<T>): Promise<T> {
		return this.before(mutant, asked) ?? this.keep(mutant, asked, await find());
	}

	/** What was found before, if it still holds. */
	before(mutant: string, asked: string[]): T | undefined {
		const known = this.known.get(this.keyOf(mutant));
		return known && known.tests === hashOf(this.testsOf(known.found, asked)) ? known.found : undefined;
	}

	keep(mutant: string, asked: string[], found: T): T {
		const [key, tests] = [this.keyOf(mutant), hashOf(this.testsOf(found, asked))];
		this.known.set(key, { tests, found });
		if (this.file) fs.appendFileSync(this.file, `${JSON.stringify({ key, tests, found })}\n`);
		return found;
	}

	private keyOf(mutant: string) {
		return createHash('sha256').update(`${this.product}\0${mutant}`).digest('hex').slice(0, 24);
	}
}
