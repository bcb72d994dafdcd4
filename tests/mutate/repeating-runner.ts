import { type RunnerTask, type RunnerTestCase, TestRunner, type TestTryOptions } from 'vitest';

/** What a test is run for again and again: each `yield` is one run of it, and gives whether it passed. */
export type Turns = AsyncGenerator<undefined, undefined, boolean>;

/** Runs a test as often as its turns ask for it, in one process. */
export abstract class RepeatingRunner extends TestRunner {
	private readonly turns = new Map<RunnerTask, Turns>();

	/** Null: the test is not asked. */
	protected abstract turnsOf(test: RunnerTestCase): Turns | null;

	override async onBeforeRunTask(task: RunnerTask) {
		await super.onBeforeRunTask(task);
		if (task.type !== 'test' || task.mode !== 'run') return;
		const turns = this.turnsOf(task);
		if (!turns) {
			task.mode = 'skip';
			return;
		}
		task.repeats = Number.MAX_SAFE_INTEGER; // it is skipped when its turns are over
		task.retry = 0;
		this.turns.set(task, turns);
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
}
