import path from 'node:path';
import { type TestCase, type TestSpecification, type Vitest, createVitest } from 'vitest/node';
import type { Plugin } from 'vitest/config';
import { type Mutant, onlyThat } from './mutant.ts';
import { type Switched, withSwitches } from './switches.ts';
import type { Trial } from './trial.ts';

/** Says which test noticed a mutant. */
type Tell = (mutant: Mutant, killedBy: string) => void;

/** Their tests go on from what those before have left, and cannot be run again. */
const isOnce = (file: string) => /platform\/db\/(answers|functions|same-ids)\.test/.test(file);

/** After so many files that did not notice it, one of the database is left. */
const atMost = 4;

/**
 * Asks many mutants in one run of a test file (`trial-runner.ts`), which is some ten times as quick as a run for each. Only what is
 * noticed here is decided: tests that cannot be run twice, what a file does before its tests, and mutants that live are left to `Bench`.
 */
export class AtOnce {
	private vitest!: Vitest;
	private tell: (killed: string, by: string) => void = () => {};
	private isCut = false;
	/** After which alone a test failed without it too. */
	private readonly spoiling = new Set<string>();
	private readonly mutants: readonly Mutant[];
	/** What is changed of the source, by the file's whole path. */
	private readonly edits: Map<string, Switched[]>;

	private constructor(mutants: readonly Mutant[]) {
		this.mutants = mutants.filter(({ undo, edit }) => undo !== undefined || edit?.isExpression);
		const edits = this.mutants.flatMap(({ id, edit }) => (edit ? [{ ...edit, id }] : []));
		this.edits = Map.groupBy(edits, ({ file }) => path.resolve(file));
	}

	/** `ownerUrl`: a Postgres that is there already. */
	static async start(ownerUrl: string, mutants: readonly Mutant[]): Promise<AtOnce> {
		const one = new AtOnce(mutants);
		process.env.TEST_DATABASE_URL = ownerUrl; // for global-setup.ts
		try {
			one.vitest = await createVitest(
				'test',
				{
					config: 'tests/mutate/database.config.ts',
					runner: 'tests/mutate/trial-runner.ts',
					watch: false,
					reporters: [{ onTestCaseResult: (test) => one.heard(test) }],
					maxWorkers: 2,
					// a test that waits for what a mutant keeps from coming
					testTimeout: 30_000,
					expect: { poll: { timeout: 15_000 } }
				},
				{ plugins: [one.plugin()], logLevel: 'silent' }
			);
			await one.vitest.standalone();
		} finally {
			delete process.env.TEST_DATABASE_URL;
		}
		return one;
	}

	async stop() {
		await this.vitest.close();
	}

	/** Asks no more: `ask` returns with what has been noticed. */
	async cut() {
		this.isCut = true;
		await this.vitest.cancelCurrentRun('keyboard-input');
	}

	/**
	 * Asks of each the test that noticed it last; where none has, its likeliest file, then the next of those that nobody has noticed. A mutant of the source costs only the tests
	 * that come to its place, so the other files are asked together.
	 */
	async ask(tell: Tell): Promise<void> {
		const alive = new Map(this.mutants.map((mutant) => [mutant.id, mutant]));
		const filesOf = ({ files, edit }: Mutant, turn: number) => {
			const all = files.filter((file) => !isOnce(file));
			return edit && turn === 1 ? all.slice(1) : edit && turn > 1 ? [] : all.slice(turn, turn + 1);
		};
		this.tell = (id, by) => {
			const mutant = alive.get(id);
			if (mutant && alive.delete(id)) tell(mutant, by);
		};
		await this.askHinted(alive);
		for (let turn = 0; turn < atMost; turn++) {
			const asked = [...alive.values()]
				.filter(({ hint }) => !hint)
				.flatMap((mutant) => filesOf(mutant, turn).map((file) => [file, mutant] as const));
			const byFile = Map.groupBy(asked, ([file]) => file);
			await this.run(new Map([...byFile].map(([file, pairs]) => [file, pairs.map(([, mutant]) => mutant)])));
		}
	}

	/**
	 * First some together; where the test fails after those, each has a proof of its own, in a new copy of the database. After whom it
	 * fails even so, of that nothing is known, and the others are asked without it.
	 */
	private async askHinted(alive: Map<string, Mutant>) {
		for (const together of [8, 1, 1, 1]) {
			const asked = [...alive.values()].filter(({ id, hint }) => hint && !isOnce(hint.file) && !this.spoiling.has(id));
			await this.run(
				Map.groupBy(asked, ({ hint }) => hint!.file),
				(mutant) => hintedTrial(mutant, together)
			);
		}
	}

	private async run(asked: Map<string, Mutant[]>, trialIn = trialOf) {
		if (this.isCut || asked.size === 0) return;
		const project = this.vitest.getRootProject();
		const trials = [...asked].map(([file, mutants]) => [file, mutants.map((mutant) => trialIn(mutant, file))]);
		project.provide('trials', Object.fromEntries(trials) as Record<string, Trial[]>);
		const specifications = [...asked.keys()].map((file): TestSpecification =>
			project.createSpecification(path.resolve(file))
		);
		await this.vitest.runTestSpecifications(specifications);
	}

	private plugin(): Plugin {
		const editsOf = (id: string) => this.edits.get(id.split('?')[0]!);
		return {
			name: 'mutants',
			enforce: 'pre',
			configureVitest: ({ defineCacheKeyGenerator }) =>
				defineCacheKeyGenerator(({ id }) => (editsOf(id) ? false : undefined)),
			transform: (code, id) => {
				const edits = editsOf(id);
				return edits && withSwitches(code, edits);
			}
		};
	}

	private heard(test: TestCase) {
		const { tried } = test.meta();
		const by = `${path.relative('.', test.module.moduleId)} > ${test.fullName}`;
		if (tried?.stopped) console.log(`no more is asked of ${by}: ${tried.stopped}`);
		if (tried?.after?.length === 1) this.spoiling.add(tried.after[0]!);
		for (const id of tried?.killed ?? []) this.tell(id, by);
	}
}

const hintedTrial = ({ id, sql, undo, hint }: Mutant, together: number): Trial => ({
	id,
	...(sql && { sql: { make: sql, undo: undo! } }),
	named: onlyThat(hint!).source,
	together
});

const trialOf = ({ id, sql, undo, probe, named }: Mutant, file: string): Trial => ({
	id,
	...(sql && { sql: { make: sql, undo: undo! } }),
	...(named?.[file] && { named: named[file].source }),
	...(probe && { probe: { make: probe, undo: undo! } })
});
