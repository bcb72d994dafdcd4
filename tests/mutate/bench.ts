import path from 'node:path';
import postgres from 'postgres';
import type { TestModule, Vitest } from 'vitest/node';
import { createVitest } from 'vitest/node';
import type { Plugin } from 'vitest/config';
import { KeptWorkers } from '../support/run/kept-worker.ts';
import { type Edit, type Mutant, onlyThat } from './mutant.ts';

/** What became of a mutant: the test that noticed it, or nobody. */
export type Fate = { killedBy: string | null };

/** Says nothing of a mutant, but that it cannot be judged. */
export class Unjudged extends Error {}

/** What a run of some tests found: the first that failed, and whether there were any. */
type Found = { failed: string | null; asked: number };

/** Any test without I/O. */
const first = 'tests/core/permissions.test.ts';

/** After a test that failed nothing of these goes on: they do one thing after the other. Of others something may still be on its way. */
const isOneByOne = (file: string) => /platform\/db\/(tenancy|evidence|answers|functions|same-ids)\.test/.test(file);

/**
 * One vitest and one Postgres for the whole run. The tests take a copy of the database that a mutant is made in, and a mutant of
 * the source is what vitest loads in the place of the file.
 */
export class Bench {
	private edit: Edit | null = null;
	private loaded = false;
	private readonly kills = new Map<string, Map<string, number>>();
	/** Seconds, as far as known: what is slow is asked last. */
	private readonly took = new Map<string, number>();
	private readonly sound = new Map<string, boolean>();
	private readonly workers = new KeptWorkers();
	private vitest!: Vitest;
	private admin!: postgres.Sql;
	private template = '';
	private owner = '';

	static async start(): Promise<Bench> {
		const bench = new Bench();
		bench.vitest = await createVitest(
			'test',
			{
				config: 'tests/mutate/database.config.ts',
				watch: false,
				bail: 1,
				reporters: [{}],
				maxWorkers: 2,
				pool: bench.workers.pool
			},
			{ plugins: [bench.plugin()], logLevel: 'silent' }
		);
		await bench.vitest.standalone();
		await bench.run([first]); // vitest makes its Postgres with the first test it runs
		const { ownerUrl, template } = bench.vitest.getRootProject().getProvidedContext();
		[bench.owner, bench.template] = [ownerUrl!, template!];
		bench.admin = postgres(bench.on('postgres'), { max: 1, onnotice: () => {} });
		return bench;
	}

	async stop() {
		await this.admin.end({ timeout: 1 });
		await this.workers.end();
		await this.vitest.close();
	}

	/** A connection to the migrated database without a mutant, for what reads its catalogue. */
	async catalogue<T>(read: (sql: postgres.Sql) => Promise<T>): Promise<T> {
		return this.within(this.template, read);
	}

	/** Its Postgres, for whoever asks tests in another way. */
	get ownerUrl(): string {
		return this.on('postgres');
	}

	/** Asks the tests of a mutant until one fails. Throws `Unjudged` when the mutant cannot be made, or no test runs. */
	async fateOf(mutant: Mutant): Promise<Fate> {
		if (mutant.sql !== undefined) return this.withMutantDatabase(mutant, mutant.sql);
		return this.withEdit(mutant, mutant.edit!);
	}

	private async withMutantDatabase(mutant: Mutant, sql: string): Promise<Fate> {
		const name = `${this.template}_mutant`;
		await this.admin.unsafe(`drop database if exists ${name} with (force)`);
		await this.admin.unsafe(`create database ${name} template ${this.template} strategy wal_log`);
		await this.within(name, async (owner) => {
			const before = await state(owner);
			await owner.unsafe(sql).catch((problem: Error) => {
				throw new Unjudged(`${mutant.id} cannot be made: ${problem.message}`);
			});
			if ((await state(owner)) === before) throw new Unjudged(`${mutant.id} changes nothing in the catalogue:\n${sql}`);
		});
		this.vitest.getRootProject().provide('template', name);
		try {
			return await this.ask(mutant);
		} finally {
			this.vitest.getRootProject().provide('template', this.template);
		}
	}

	private async withEdit(mutant: Mutant, edit: Edit): Promise<Fate> {
		this.edit = edit;
		this.loaded = false;
		this.vitest.invalidateFile(path.resolve(edit.file));
		try {
			const fate = await this.ask(mutant);
			if (!this.loaded) throw new Unjudged(`${mutant.id}: no test loads ${edit.file}`);
			return fate;
		} finally {
			this.edit = null;
			this.vitest.invalidateFile(path.resolve(edit.file));
		}
	}

	private async ask(mutant: Mutant): Promise<Fate> {
		const scores = this.kills.get(mutant.subject) ?? new Map<string, number>();
		this.kills.set(mutant.subject, scores);
		const killing = (file: string) => scores.get(file) ?? 0;
		const took = (file: string) => this.took.get(file) ?? 0;
		const hinted = await this.askHinted(mutant);
		if (hinted) return hinted;
		const isHinted = (file: string) => Number(file === mutant.hint?.file);
		const files = mutant.files.toSorted(
			(a, b) => isHinted(b) - isHinted(a) || killing(b) - killing(a) || took(a) - took(b)
		);
		let asked = 0;
		for (const turn of turnsOf(files, mutant)) {
			const found = await this.run(turn, mutant.named?.[turn[0]!]);
			asked += found.asked;
			if (found.failed === null) continue;
			await this.admin`select 1`; // without a database everything fails, and that says nothing of the mutant
			const [file] = found.failed.split(' > ');
			if (!(await this.isSound(file!, mutant.named?.[file!])))
				throw new Unjudged(`${found.failed} fails without a mutant too`);
			scores.set(file!, (scores.get(file!) ?? 0) + 1);
			return { killedBy: found.failed };
		}
		if (asked === 0) throw new Unjudged(`${mutant.id}: there is no such test in ${mutant.files.join(', ')}`);
		return { killedBy: null };
	}

	/** The test that noticed it last, alone; null where it does not notice it now, or does not stand alone. */
	private async askHinted({ hint }: Mutant): Promise<Fate | null> {
		if (!hint || this.sound.get(soundKey(hint.file, onlyThat(hint))) === false) return null;
		const { failed } = await this.run([hint.file], onlyThat(hint));
		if (failed === null) return null;
		await this.admin`select 1`;
		return (await this.isSound(hint.file, onlyThat(hint))) ? { killedBy: failed } : null;
	}

	/** A test that fails anyway kills nothing. Looked at once for each file and choice of its tests. */
	private async isSound(file: string, named?: RegExp): Promise<boolean> {
		const key = soundKey(file, named);
		const known = this.sound.get(key);
		if (known !== undefined) return known;
		const { edit } = this;
		const project = this.vitest.getRootProject();
		const { template } = project.getProvidedContext();
		this.edit = null;
		if (edit) this.vitest.invalidateFile(path.resolve(edit.file));
		project.provide('template', this.template);
		const { failed } = await this.run([file], named);
		project.provide('template', template);
		this.edit = edit;
		if (edit) this.vitest.invalidateFile(path.resolve(edit.file));
		this.sound.set(key, failed === null);
		return failed === null;
	}

	private async run(files: string[], named?: RegExp): Promise<Found> {
		const project = this.vitest.getRootProject();
		// with the file, as a kept process does not hear of a pattern for the whole run
		const only = named && { testNamePattern: named };
		const specifications = files.map((file) => project.createSpecification(path.resolve(file), only));
		// vitest goes on knowing what other files came to in earlier runs, and these before they were cut short
		const paths = specifications.map(({ moduleId }) => moduleId);
		this.vitest.state.clearFiles(project, paths);
		const begun = performance.now();
		this.workers.keeping = this.edit === null;
		const { testModules, unhandledErrors } = await this.vitest.runTestSpecifications(specifications);
		const found = testModules.filter(({ moduleId }) => paths.includes(moduleId)).map(foundIn);
		for (const file of files) this.took.set(file, Math.round((performance.now() - begun) / 1000 / files.length));
		const broken = unhandledErrors.length > 0 ? `${files[0]} > an unhandled error` : null;
		const failed = found.find((one) => one.failed !== null)?.failed ?? broken;
		if (failed !== null && !files.every(isOneByOne)) await this.workers.end();
		return { failed, asked: found.reduce((sum, one) => sum + one.asked, 0) };
	}

	private plugin(): Plugin {
		const isMutant = (id: string) => this.edit !== null && id.split('?')[0] === path.resolve(this.edit.file);
		return {
			name: 'mutant',
			enforce: 'pre',
			configureVitest: ({ defineCacheKeyGenerator }) =>
				defineCacheKeyGenerator(({ id }) => (isMutant(id) ? false : undefined)),
			transform: (code, id) => {
				const { edit } = this;
				if (!edit || !isMutant(id)) return undefined;
				this.loaded = true;
				return code.slice(0, edit.from) + edit.text + code.slice(edit.to);
			}
		};
	}

	private async within<T>(database: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
		const sql = postgres(this.on(database), { max: 1, onnotice: () => {} });
		try {
			return await work(sql);
		} finally {
			await sql.end(); // nobody may be connected to what is copied
		}
	}

	private on(database: string) {
		const at = new URL(this.owner);
		at.pathname = `/${database}`;
		return at.href;
	}
}

const soundKey = (file: string, named?: RegExp) => `${file} ${named}`;

/** The likeliest alone, and so is a file of which only some tests are asked; the others two at a time. */
const turnsOf = ([likeliest, ...others]: string[], { named }: Mutant): string[][] => {
	const alone = others.filter((file) => named?.[file]);
	const rest = others.filter((file) => !named?.[file]);
	const pairs = rest.flatMap((_, i) => (i % 2 === 0 ? [rest.slice(i, i + 2)] : []));
	return [[likeliest!], ...alone.map((file) => [file]), ...pairs];
};

const foundIn = (module: TestModule): Found => {
	const tests = [...module.children.allTests()];
	const file = path.relative('.', module.moduleId);
	const failing = tests.find((test) => test.result().state === 'failed');
	if (failing) return { failed: `${file} > ${failing.fullName}`, asked: 1 };
	// what fails before its tests, or around them, has failed
	const isBroken = module.state() === 'failed' || module.errors().length > 0;
	const asked = tests.filter((test) => test.result().state === 'passed').length;
	return { failed: isBroken ? `${file} > before its tests` : null, asked };
};

/** What the catalogue says of policies, functions and triggers. */
const state = async (sql: postgres.Sql): Promise<string> => {
	const [row] = await sql`select md5(concat(
		(select string_agg(concat(tablename, policyname, qual, '|', with_check), ';' order by tablename, policyname) from pg_policies),
		(select string_agg(prosrc, ';' order by oid) from pg_proc where pronamespace = 'public'::regnamespace),
		(select string_agg(pg_get_triggerdef(t.oid), ';' order by tgrelid, tgname) from pg_trigger t where not tgisinternal)
	)) as sum`;
	return row!.sum as string;
};
