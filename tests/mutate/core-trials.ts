// Long because it is one run: mutants are made, put beside each other, asked of each test, and what is left in a process of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type InstrumentResult, Instrumenter } from '@stryker-mutator/instrumenter';
import type { Plugin } from 'vitest/config';
import { type Vitest, createVitest } from 'vitest/node';
import { KeptWorkers } from '../support/run/kept-worker.ts';
import { type CoreAsk, type CoreLine, type Hits, switchesNow } from './core-ask.ts';

/** A mutant of core as StrykerJS made it; `endless` is what ran without end, or until the memory was full. */
export type CoreResult = Pick<InstrumentResult['mutants'][number], 'fileName' | 'location' | 'replacement'> & {
	fate: 'killed' | 'endless' | 'alive' | 'unreached';
	/** Some tests that reach it were not asked: they take too long. */
	isCut?: boolean;
};

/** The end of a mutant. */
export type CoreEnd = 'killed' | 'endless';
/** What is known of mutants from a run before that was cut short, and where it is kept. */
export type CoreKnown = {
	before: (mutant: Omit<CoreResult, 'fate'>) => CoreEnd | undefined;
	keep: (mutant: Omit<CoreResult, 'fate'>, end: CoreEnd) => void;
};

type Known = { took: number; reached: Hits };
/** What is known of a test file: its tests by id, and what it reaches outside of them. */
type TestFile = { file: string; tests: Map<string, Known>; around: Hits };

/** So many times as often as without the mutant, or at least so often, is a loop that does not end. */
const limitOf = (hits: number) => Math.max(100 * hits, 100_000);

/** Seconds of the processor after which a mutant has no end, where without it the tests take so many milliseconds. */
const patienceFor = (took: number) => 20 + took / 100;
/** Milliseconds: what takes longer is asked of those that all quicker ones have let live. */
const steps = [20, 200, 1000, Infinity];
const paces = steps.map((step, i) => (took: number) => took <= step && took > (steps[i - 1] ?? -1));
/** So many milliseconds of tests that are not quick a mutant may cost, without what the mutant adds; then it is called alive. */
const patience = 3000;
const isQuick = (took: number) => took <= 200;
/** The switches, within a file. */
const now = 'mutants_9fa48';

/**
 * Asks the tests of a folder about the mutants of its files. The mutants stand beside each other in the code, and a test that
 * reaches one is run with it; what counts while a file loads needs a loading of its own. The likeliest to be quick come first.
 */
export class CoreTrials {
	private readonly fates = new Map<string, CoreEnd>();
	private readonly asked = new Set<string>();
	/** Milliseconds that tests which are not quick have taken for a mutant. */
	private readonly spent = new Map<string, number>();
	/** Those that some test was not asked about. */
	private readonly cut = new Set<string>();
	private readonly workers = new KeptWorkers();
	private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'aitelier-mutants-'));
	private readonly log = path.join(this.folder, 'log');
	private readonly made: InstrumentResult;
	private vitest!: Vitest;

	private readonly known: CoreKnown;
	private readonly byId: Map<string, Omit<CoreResult, 'fate'>>;

	private constructor(made: InstrumentResult, known: CoreKnown) {
		this.made = made;
		this.known = known;
		this.byId = new Map(mutantsIn(made).map((mutant) => [mutant.id, namedOf(mutant)]));
		for (const [id, mutant] of this.byId) {
			const end = known.before(mutant);
			if (end) this.fates.set(id, end);
		}
	}

	static async judge(files: readonly string[], tests: readonly string[], known: CoreKnown): Promise<CoreResult[]> {
		const trials = new CoreTrials(await mutated(files), known);
		try {
			await trials.start();
			return await trials.results(tests);
		} finally {
			await trials.workers.end();
			await trials.vitest?.close();
			rmSync(trials.folder, { recursive: true, force: true });
		}
	}

	private async start() {
		const code = new Map(this.made.files.map(({ name, content }) => [name, withSwitches(content)]));
		const contentOf = (id: string) => code.get(id.split('?')[0]!);
		const plugin: Plugin = {
			name: 'mutants',
			enforce: 'pre',
			configureVitest: ({ defineCacheKeyGenerator }) =>
				defineCacheKeyGenerator(({ id }) => (contentOf(id) === undefined ? undefined : false)),
			transform: (_, id) => {
				const content = contentOf(id);
				return content === undefined ? undefined : { code: content, map: null };
			}
		};
		this.vitest = await createVitest(
			'test',
			{
				config: 'tests/mutate/vitest.config.ts',
				runner: 'tests/mutate/core-runner.ts',
				watch: false,
				reporters: [{}],
				maxWorkers: 1,
				pool: this.workers.pool
			},
			{ plugins: [plugin], logLevel: 'silent' }
		);
		await this.vitest.standalone();
	}

	private async results(tests: readonly string[]): Promise<CoreResult[]> {
		const files: TestFile[] = [];
		for (const file of tests) files.push(await this.reach(file));
		files.sort((one, two) => tookOf(one.tests) - tookOf(two.tests));

		const loaded = new Set(files.flatMap(({ around }) => Object.keys(around)));
		for (const isNow of paces) for (const file of files) await this.trials(file, loaded, isNow);
		const remembered = mutantsIn(this.made).filter(({ id, fileName }) => !this.fates.has(id) && remembers(fileName));
		for (const isNow of paces)
			for (const mutant of new Set([...loaded, ...remembered.map(({ id }) => id)]))
				await this.loaded(mutant, files, isNow);

		const reached = new Set(
			files
				.flatMap(({ around, tests }) => [around, ...[...tests.values()].map((test) => test.reached)])
				.flatMap(Object.keys)
		);
		return [...this.byId].map(([id, mutant]) => ({
			...mutant,
			fate: this.fates.get(id) ?? (reached.has(id) ? 'alive' : 'unreached'),
			...(!this.fates.has(id) && this.cut.has(id) && { isCut: true })
		}));
	}

	/** Which mutants the tests of a file reach, and how long they take. */
	private async reach(file: string): Promise<TestFile> {
		const lines = await this.run(file, { log: this.log, what: 'reach' });
		const tests = new Map(lines.flatMap((line) => ('reached' in line ? [[line.test, line] as const] : [])));
		const around = lines.find((line) => 'reachedAround' in line)?.reachedAround ?? {};
		return { file, tests, around };
	}

	/** What is reached only while tests run. */
	private async trials({ file, tests }: TestFile, loaded: Set<string>, isNow: (took: number) => boolean) {
		const planned = () =>
			[...tests].flatMap(([test, { reached, took }]) => {
				if (!isNow(took)) return [];
				const left = Object.entries(reached).filter(
					([mutant]) =>
						!loaded.has(mutant) &&
						!this.fates.has(mutant) &&
						!this.asked.has(`${test} ${mutant}`) &&
						this.isWorth(mutant, took)
				);
				const limits = left.map(([mutant, hits]) => [mutant, limitOf(hits)] as const);
				return left.length > 0 ? [[test, Object.fromEntries(limits)] as const] : [];
			});
		const longest = Math.max(...[...tests.values()].map(({ took }) => took).filter(isNow));
		// after what ran without end, or has left something behind, the file is begun again
		for (let of = planned(); of.length > 0; of = planned()) {
			const lines = await this.run(file, { log: this.log, what: 'trials', of: Object.fromEntries(of) }, longest);
			for (const line of lines) {
				if (!('begun' in line)) continue;
				this.asked.add(`${line.test} ${line.begun}`);
				this.spend(line.begun, tests.get(line.test)?.took ?? 0);
			}
			const isThrough = lines.some((line) => 'ended' in line) && !lines.some((line) => 'stopped' in line);
			if (isThrough || !lines.some((line) => 'begun' in line)) break;
		}
	}

	/** A mutant that counts while a file is loaded: all its tests are asked, or those that reach it where the loading does not. */
	private async loaded(mutant: string, files: readonly TestFile[], isNow: (took: number) => boolean) {
		for (const { file, around, tests } of files) {
			if (this.fates.has(mutant)) return;
			const asked = new Map(
				[...tests].filter(
					([, { reached, took }]) => isNow(took) && (around[mutant] || reached[mutant]) && this.isWorth(mutant, took)
				)
			);
			if (asked.size === 0) continue;
			for (const { took } of asked.values()) this.spend(mutant, took);
			const hits = [...asked.values()].reduce((sum, { reached }) => sum + (reached[mutant] ?? 0), around[mutant] ?? 0);
			const ask = { log: this.log, what: 'loaded' as const, mutant, limit: limitOf(hits), only: [...asked.keys()] };
			await this.run(file, ask, tookOf(asked));
		}
	}

	/** Whether a test that takes so long is asked about a mutant after what that has cost. */
	private isWorth(mutant: string, took: number): boolean {
		const isWorth = isQuick(took) || (this.spent.get(mutant) ?? 0) + took <= patience;
		if (!isWorth) this.cut.add(mutant);
		return isWorth;
	}

	private spend(mutant: string, took: number) {
		if (!isQuick(took)) this.spent.set(mutant, (this.spent.get(mutant) ?? 0) + took);
	}

	private ends(mutant: string, end: CoreEnd) {
		if (this.fates.has(mutant)) return;
		this.fates.set(mutant, end);
		this.known.keep(this.byId.get(mutant)!, end);
	}

	private async run(file: string, ask: CoreAsk, took = 0): Promise<CoreLine[]> {
		writeFileSync(this.log, '');
		const project = this.vitest.getRootProject();
		project.provide('coreAsk', ask);
		const watch = setInterval(
			endingWhatHangs(patienceFor(took), () => this.lines().findLast((line) => 'begun' in line)),
			1000
		);
		try {
			const specification = project.createSpecification(path.resolve(file));
			const { testModules } = await this.vitest.runTestSpecifications([specification]);
			const lines = this.lines();
			for (const line of lines) {
				if ('killed' in line) this.ends(line.killed, 'killed');
				if ('endless' in line) this.ends(line.endless, 'endless');
				if ('stopped' in line) console.log(`no more is asked of ${line.by}: ${line.stopped}`);
			}
			if (!lines.some((line) => 'ended' in line)) this.hasNoEnd(file, lines);
			// the modules of earlier runs are among them, as they ended then
			const own = testModules.filter(({ moduleId }) => moduleId === path.resolve(file));
			const isBroken = own.some((module) => module.state() === 'failed');
			if (ask.what === 'loaded' && isBroken) this.ends(ask.mutant, 'killed');
			return lines;
		} finally {
			clearInterval(watch);
		}
	}

	/** The process is gone: it was ended, or had no memory left. */
	private hasNoEnd(file: string, lines: readonly CoreLine[]) {
		const last = lines.findLast((line) => 'begun' in line);
		if (!last) throw new Error(`${file} comes to no end without a mutant`);
		this.ends(last.begun, 'endless');
	}

	private lines(): CoreLine[] {
		return readFileSync(this.log, 'utf8')
			.split('\n')
			.filter(Boolean)
			.map((line) => JSON.parse(line) as CoreLine);
	}
}

const tookOf = (tests: TestFile['tests']) => [...tests.values()].reduce((sum, { took }) => sum + took, 0);

const mutantsIn = ({ mutants }: InstrumentResult) => mutants.filter(({ status }) => status === undefined);

const namedOf = ({ fileName, location, replacement }: InstrumentResult['mutants'][number]) => ({
	fileName: path.relative('.', fileName),
	location: fromOne(location),
	replacement
});

/** StrykerJS has the code count on each way; here it counts only when asked, and is nearly as quick as without mutants. */
const withSwitches = (code: string): string =>
	`const ${now} = globalThis.${switchesNow};\n` +
	code
		.replaceAll(/stryMutAct_9fa48\("(\d+)"\)/g, `(${now}.mutant === "$1" && ${now}.hit())`)
		.replaceAll(/stryCov_9fa48(\((?:"\d+"(?:, )?)+\))/g, `(${now}.reached && ${now}.reach$1)`);

/** Lines and columns as people count them. */
const fromOne = ({ start, end }: CoreResult['location']): CoreResult['location'] => ({
	start: { line: start.line + 1, column: start.column + 1 },
	end: { line: end.line + 1, column: end.column + 1 }
});

/** The files with their mutants in them. */
const mutated = async (names: readonly string[]): Promise<InstrumentResult> => {
	const quiet = () => {};
	const logger = { debug: quiet, info: quiet, isDebugEnabled: () => false } as unknown as ConstructorParameters<
		typeof Instrumenter
	>[0];
	const files = names.map((name) => ({ name: path.resolve(name), mutate: true, content: readFileSync(name, 'utf8') }));
	// a text is a sentence for people, mostly (core.ts)
	return new Instrumenter(logger).instrument(files, {
		excludedMutations: ['StringLiteral'],
		ignorers: [],
		plugins: null
	});
};

/** Whether a file keeps what it has found: there a trial may be answered what another has found before. */
const remembers = (file: string) =>
	/^(?:let |const .* = new (?:Weak)?Map<[^=]*>\(\))/m.test(readFileSync(file, 'utf8'));

/** Ends a process that has been at one mutant for longer than any test takes. It counts the processor's time: others may be at work too. */
const endingWhatHangs = (atMost: number, now: () => { begun: string; test: string; pid: number } | undefined) => {
	let since = { what: '', seconds: 0 };
	return () => {
		const line = now();
		if (!line) return;
		const what = JSON.stringify(line);
		const seconds = secondsOf(line.pid);
		if (since.what !== what) since = { what, seconds };
		if (seconds - since.seconds > atMost) process.kill(line.pid, 'SIGKILL');
	};
};

/** What a process has taken of the processor; none when it is gone. */
const secondsOf = (pid: number): number => {
	try {
		const said = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' }).trim();
		return said.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
	} catch {
		return 0;
	}
};
