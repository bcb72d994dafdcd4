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

/** A mutant by its name, and what else it is made of. */
export type Named = { id: string; text?: string };

/**
 * Verdicts in a file, one line each, so that a run which was cut short goes on where it was. One holds as long as the product,
 * what tests lean on, and the tests that gave it are the same to the byte: the one that killed, or all that did not. One that
 * does not hold any more says at least where to look first.
 */
export class Verdicts<T> {
	private readonly known = new Map<string, { tests: string; found: T }>();
	private readonly lastOf = new Map<string, T>();
	private readonly product = hashOf(leaned.flatMap(filesIn).filter((file) => !isTest(file)));
	private readonly file: string | undefined;
	private readonly hashes = new Map<string, string>();
	private readonly testsOf: (found: T, asked: string[]) => string[];

	constructor(file: string | undefined, testsOf: (found: T, asked: string[]) => string[]) {
		this.file = file;
		this.testsOf = testsOf;
		if (!file || !fs.existsSync(file)) return;
		for (const line of fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
			const { id, key, tests, found } = JSON.parse(line) as { id?: string; key: string; tests: string; found: T };
			this.known.set(key, { tests, found });
			if (id) this.lastOf.set(id, found);
		}
	}

	/** What was found of this mutant by these test files before, or what `find` finds now. */
	async of(mutant: Named, asked: string[], find: () => Promise<T>): Promise<T> {
		return this.before(mutant, asked) ?? this.keep(mutant, asked, await find());
	}

	/** What was found before, if it still holds. */
	before(mutant: Named, asked: string[]): T | undefined {
		const known = this.known.get(this.keyOf(mutant));
		return known && known.tests === this.hashOfTests(known.found, asked) ? known.found : undefined;
	}

	/** What was found of a mutant of this name when it was asked last, whatever the product was then. */
	last(id: string): T | undefined {
		return this.lastOf.get(id);
	}

	keep(mutant: Named, asked: string[], found: T): T {
		const [key, tests] = [this.keyOf(mutant), this.hashOfTests(found, asked)];
		this.known.set(key, { tests, found });
		if (this.file) fs.appendFileSync(this.file, `${JSON.stringify({ id: mutant.id, key, tests, found })}\n`);
		return found;
	}

	private hashOfTests(found: T, asked: string[]): string {
		const files = this.testsOf(found, asked);
		const name = files.join();
		if (!this.hashes.has(name)) this.hashes.set(name, hashOf(files));
		return this.hashes.get(name)!;
	}

	private keyOf({ id, text }: Named) {
		return createHash('sha256').update([this.product, id, text].join('\0')).digest('hex').slice(0, 24);
	}
}
