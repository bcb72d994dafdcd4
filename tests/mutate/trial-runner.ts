import path from 'node:path';
import postgres from 'postgres';
import { type RunnerTestCase, type RunnerTestFile, inject } from 'vitest';
import { RepeatingRunner, type Turns } from './repeating-runner.ts';
import { type IsMutant, type Trial, isMutant } from './trial.ts';

/** Fewer are asked one by one: the probe is a run of its own. */
const worthAProbe = 3;

/** So many seconds a mutant may cost in a file: about what it costs to ask it alone. */
const worthSeconds = 20;

/**
 * Runs each test once as it is, and then once with each mutant of its file that nobody has noticed yet, all in one process and one
 * database. A test that fails with a mutant has noticed it only when it passes again without: what leaves something behind that
 * makes it fail says nothing, and is not asked any more. Of what it has noticed before some are run one after the other, and then it
 * once without; where that fails, none of them counts.
 */
export default class TrialRunner extends RepeatingRunner {
	private readonly noticed = new Set<string>();
	private sql: postgres.Sql | undefined;
	private isBroken = false;
	/** Milliseconds that mutants have taken. */
	private spent = 0;

	protected override turnsOf(test: RunnerTestCase): Turns | null {
		const trials = this.trialsOf(test);
		if (trials.length === 0) return null;
		test.meta.tried = { killed: [] };
		return this.trials(test, trials);
	}

	override onAfterRunFiles(files: RunnerTestFile[]) {
		super.onAfterRunFiles(files);
		void this.sql?.end({ timeout: 1 }).catch(() => {});
		this.sql = undefined;
	}

	private trialsOf(test: RunnerTestCase): Trial[] {
		const all = inject('trials')?.[path.relative('.', test.file.filepath)] ?? [];
		const isTooLong = this.spent > all.length * worthSeconds * 1000;
		if (this.isBroken || isTooLong) return [];
		const name = test.fullTestName;
		return all.filter(
			({ id, named }) => !this.noticed.has(id) && (named === undefined || new RegExp(named).test(name))
		);
	}

	private async *trials(test: RunnerTestCase, trials: Trial[]): Turns {
		const tried = test.meta.tried!;
		const isStill = (passed: boolean, stopped: string, after?: string[]) => {
			if (!passed) Object.assign(tried, { stopped, after });
			return passed;
		};
		let begun = Infinity;
		try {
			const reached = new Set<string>();
			this.ask((id) => reached.add(id) && false);
			if (!isStill(yield, 'it fails by itself')) return;
			this.ask(undefined);
			begun = performance.now();
			const within = trials.filter(({ sql, id }) => sql || reached.has(id));
			const known = within.filter(({ together }) => together);
			while (known.length > 0) {
				const failed: string[] = [];
				for (const trial of known.splice(0, known[0]!.together))
					if (!(yield* this.passes(trial))) failed.push(trial.id);
				if (failed.length > 0 && !isStill(yield, `it fails after ${failed.join(', ')}`, failed)) return;
				for (const id of failed) this.noticed.add(id);
				tried.killed.push(...failed);
			}
			const others = within.filter(({ together }) => !together);
			for (const group of Map.groupBy(others, ({ probe, id }) => probe?.make ?? id).values()) {
				const { probe } = group[0]!;
				if (probe && group.length >= worthAProbe) {
					await this.change(probe.make);
					const passed = yield;
					await this.change(probe.undo);
					if (passed) continue;
					if (!isStill(yield, 'it fails after a probe')) return;
				}
				for (const trial of group) {
					if (yield* this.passes(trial)) continue;
					if (!isStill(yield, `it fails after ${trial.id}`)) return;
					this.noticed.add(trial.id);
					tried.killed.push(trial.id);
				}
			}
		} catch (problem) {
			tried.stopped = String(problem);
			this.isBroken = true; // nothing of this file is asked any more
		} finally {
			this.spent += Math.max(0, performance.now() - begun);
		}
	}

	/** Runs the test with a mutant. */
	private async *passes({ id, sql }: Trial): AsyncGenerator<undefined, boolean, boolean> {
		const isMade = !sql || (await this.change(sql.make).catch(() => false));
		if (!isMade) return true; // asked alone it says why
		if (!sql) this.ask((asked) => asked === id);
		const passed = yield;
		this.ask(undefined);
		if (sql) await this.change(sql.undo);
		return passed;
	}

	private ask(which: IsMutant | undefined) {
		(globalThis as Record<string, unknown>)[isMutant] = which;
	}

	private async change(statement: string): Promise<true> {
		const connection = { lock_timeout: 20_000 };
		this.sql ??= postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {}, connection });
		await this.sql.unsafe(statement);
		return true;
	}
}
