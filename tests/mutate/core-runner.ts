import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { type RunnerTestCase, type RunnerTestFile, inject } from 'vitest';
import { type CoreLine, type Hits, Switches, switchesNow } from './core-ask.ts';
import { RepeatingRunner, type Turns } from './repeating-runner.ts';

/** The tests of core with its mutants (`core-trials.ts`): a file is loaded once, and each test asked one mutant after the other. */
export default class CoreRunner extends RepeatingRunner {
	private readonly ask = inject('coreAsk')!;
	private readonly switches = new Switches();
	private readonly around: Hits = {};
	private readonly decided = new Set<string>();

	constructor(...args: ConstructorParameters<typeof RepeatingRunner>) {
		super(...args);
		(globalThis as Record<string, unknown>)[switchesNow] = this.switches;
		if (this.ask.what === 'reach') this.switches.reached = this.around;
		if (this.ask.what !== 'loaded') return;
		this.switches.turnTo(this.ask.mutant, this.ask.limit);
		this.say({ begun: this.ask.mutant, test: 'loading', pid: process.pid });
	}

	override onAfterRunFiles(files: RunnerTestFile[]) {
		super.onAfterRunFiles(files);
		if (this.ask.what === 'reach') this.say({ reachedAround: this.around });
		this.say({ ended: true });
	}

	protected override turnsOf(test: RunnerTestCase): Turns | null {
		if (this.ask.what === 'reach') return this.reach(test);
		if (this.ask.what === 'loaded') {
			const isAsked = this.decided.size === 0 && this.ask.only.includes(test.id);
			return isAsked ? this.loaded(test, this.ask.mutant) : null;
		}
		const asked = this.ask.of[test.id];
		return asked ? this.trials(test, asked) : null;
	}

	private async *reach(test: RunnerTestCase): Turns {
		const begun = performance.now();
		const reached: Hits = {};
		this.switches.reached = reached;
		const passed = yield;
		this.switches.reached = this.around;
		if (!passed) return this.say({ stopped: 'it fails by itself', by: nameOf(test) });
		return this.say({ reached, test: test.id, took: performance.now() - begun });
	}

	private async *loaded(test: RunnerTestCase, mutant: string): Turns {
		const passed = yield;
		const { isEndless } = this.switches;
		if (!passed || isEndless) this.decide(mutant, isEndless, test);
		return undefined;
	}

	private async *trials(test: RunnerTestCase, asked: Hits): Turns {
		for (const [mutant, limit] of Object.entries(asked)) {
			if (this.decided.has(mutant)) continue;
			this.say({ begun: mutant, test: test.id, pid: process.pid });
			this.switches.turnTo(mutant, limit);
			const passed = yield;
			const { isEndless } = this.switches;
			this.switches.turnTo('', Infinity);
			if (passed && !isEndless) continue;
			// what leaves something behind that makes it fail says nothing
			const passesWithout = yield;
			if (!passesWithout) return this.say({ stopped: `it fails after ${mutant}`, by: nameOf(test) });
			this.decide(mutant, isEndless, test);
		}
		return undefined;
	}

	private decide(mutant: string, isEndless: boolean, test: RunnerTestCase) {
		this.decided.add(mutant);
		this.say(isEndless ? { endless: mutant, by: nameOf(test) } : { killed: mutant, by: nameOf(test) });
	}

	private say(line: CoreLine): undefined {
		appendFileSync(this.ask.log, `${JSON.stringify(line)}\n`);
	}
}

const nameOf = (test: RunnerTestCase) => `${path.relative('.', test.file.filepath)} > ${test.fullTestName}`;
