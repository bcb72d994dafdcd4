import path from 'node:path';
import postgres from 'postgres';
import {
	type RunnerTask,
	type RunnerTestCase,
	type RunnerTestFile,
	TestRunner,
	type TestTryOptions,
	inject
} from 'vitest';
import { type Trial, mutantNow } from './trial.ts';

/** Fewer are asked one by one: the probe is a run of its own. */
const worthAProbe = 3;

/** So many seconds a mutant may cost in a file: about what it costs to ask it alone. */
const worthSeconds = 4;

/**
 * Runs each test once as it is, and then once with each mutant of its file that nobody has noticed yet, all in one process and one
 * database. A test that fails with a mutant has noticed it only when it passes again without: what leaves something behind that
 * makes it fail says nothing, and is not asked any more.
 */
export default class TrialRunner extends TestRunner {
	private readonly noticed = new Set<string>();
	private readonly turns = new Map<RunnerTask, AsyncGenerator<undefined, undefined, boolean>>();
	private sql: postgres.Sql | undefined;
	private isBroken = false;
	private readonly begun = performance.now();

	override async onBeforeRunTask(task: RunnerTask) {
		await super.onBeforeRunTask(task);
		if (task.type !== 'test' || task.mode !== 'run') return;
		const trials = this.trialsOf(task);
		if (trials.length === 0) {
			task.mode = 'skip';
			return;
		}
		task.meta.tried = { killed: [] };
		task.repeats = Number.MAX_SAFE_INTEGER; // it is skipped when its trials are over
		task.retry = 0;
		this.turns.set(task, this.turnsOf(task, trials));
	}

	override async onBeforeTryTask(task: RunnerTask, options: TestTryOptions) {
		super.onBeforeTryTask(task, options);
		const turns = this.turns.get(task);
		if (!turns || task.type !== 'test') return;
		const passed = task.result!.attempts?.at(-1)?.state === 'pass';
		task.result!.attempts = [];
		task.result!.errors = undefined;
		const { done } = await turns.next(passed);
		if (done) task.context.skip();
	}

	override onAfterRunFiles(files: RunnerTestFile[]) {
		super.onAfterRunFiles(files);
		void this.sql?.end({ timeout: 1 }).catch(() => {});
		this.sql = undefined;
	}

	private trialsOf(test: RunnerTestCase): Trial[] {
		const all = inject('trials')?.[path.relative('.', test.file.filepath)] ?? [];
		const isTooLong = performance.now() - this.begun > all.length * worthSeconds * 1000;
		if (this.isBroken || isTooLong) return [];
		const name = test.fullTestName;
		return all.filter(
			({ id, named }) => !this.noticed.has(id) && (named === undefined || new RegExp(named).test(name))
		);
	}

	/** Each `yield` is one run of the test, and gives whether it passed. */
	private async *turnsOf(test: RunnerTestCase, trials: Trial[]): AsyncGenerator<undefined, undefined, boolean> {
		const tried = test.meta.tried!;
		const isStill = (passed: boolean, after: string) => {
			if (!passed) tried.stopped = after;
			return passed;
		};
		try {
			if (!isStill(yield, 'it fails by itself')) return;
			for (const group of Map.groupBy(trials, ({ probe, id }) => probe?.make ?? id).values()) {
				const { probe } = group[0]!;
				if (probe && group.length >= worthAProbe) {
					await this.change(probe.make);
					const passed = yield;
					await this.change(probe.undo);
					if (passed) continue;
					if (!isStill(yield, 'it fails after a probe')) return;
				}
				for (const { id, sql } of group) {
					if (sql) await this.change(sql.make);
					(globalThis as Record<string, unknown>)[mutantNow] = sql ? undefined : id;
					const passed = yield;
					(globalThis as Record<string, unknown>)[mutantNow] = undefined;
					if (sql) await this.change(sql.undo);
					if (passed) continue;
					if (!isStill(yield, `it fails after ${id}`)) return;
					this.noticed.add(id);
					tried.killed.push(id);
				}
			}
		} catch (problem) {
			tried.stopped = String(problem);
			this.isBroken = true; // nothing of this file is asked any more
		}
	}

	private async change(statement: string) {
		const connection = { lock_timeout: 20_000 };
		this.sql ??= postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {}, connection });
		await this.sql.unsafe(statement);
	}
}
