import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureChromium } from '../browser/browser.ts';
import { compiled } from './compiled.ts';
import { ensureWebKit } from '../browser/webkit.ts';

/**
 * What a stage found; `details` is shown when something failed. `unsteady`: what failed once and passed when it was asked again, which
 * counts as passed, and is shown always: such a test lies in one of the two cases.
 */
export type Result = { passed: number; failed: number; skipped?: number; details?: string; unsteady?: string[] };
export type Stage = { name: string; run(): Promise<Result> };
/** Lanes that run beside each other, on two cores: in each, one stage after the other. */
export type Lanes = Stage[][];

const running = new Set<ReturnType<typeof spawn>>();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.on(signal, () => {
		running.forEach((child) => child.kill(signal));
		process.exit(130);
	});

/** Runs one of our tools on this Node and keeps what it says. */
function tool(script: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
	return new Promise<{ ok: boolean; output: string }>((done) => {
		const { FORCE_COLOR: _, ...inherited } = process.env;
		const child = spawn(process.execPath, [path.join('node_modules', script), ...args], {
			env: { NODE_COMPILE_CACHE: compiled, ...inherited, NO_COLOR: '1', ...env },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		running.add(child);
		const pieces: Buffer[] = [];
		child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
		child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
		child.once('close', (code) => {
			running.delete(child);
			done({ ok: code === 0, output: Buffer.concat(pieces).toString().trim() });
		});
	});
}

/** A tool that is happy or not: counts as one test. */
const check = (name: string, script: string, args: string[]): Stage => ({
	name,
	run: async () => {
		const { ok, output } = await tool(script, args);
		return { passed: Number(ok), failed: Number(!ok), details: output };
	}
});

export const types: Stage = {
	name: 'types',
	run: async () => {
		const sync = await tool('@sveltejs/kit/svelte-kit.js', ['sync']);
		const types = sync.ok ? await tool('svelte-check/bin/svelte-check', ['--tsgo', '--fail-on-warnings']) : sync;
		return { passed: Number(types.ok), failed: Number(!types.ok), details: types.output };
	}
};
/** Writes where `types` does (.svelte-kit), so it is in the same lane. */
export const build = check('build', 'vite/bin/vite.js', ['build']);

/** What only reads the sources. */
export const sources: Stage[] = [
	check('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
	check('format', 'oxfmt/bin/oxfmt', ['--check']),
	check('imports', 'dependency-cruiser/bin/dependency-cruiser.mjs', ['src', '--config', '.dependency-cruiser.cjs']),
	check('compose', 'dclint/bin/dclint.cjs', ['docker-compose.yml', '--max-warnings', '0'])
];

type VitestReport = {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	testResults: {
		name: string;
		status: string;
		message: string;
		assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
	}[];
};

/** Vitest on the given folders, or on everything outside tests/e2e. */
export const unit = (name: string, folders: string[] = []): Stage => ({
	name,
	run: async () => {
		const file = reportFile();
		const args = ['run', ...folders, '--retry=1', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
		const { ok, output } = await tool('vitest/vitest.mjs', args);
		const report = readReport<VitestReport>(file);
		if (!report) return { passed: 0, failed: 1, details: output };
		const broken = report.testResults.filter((result) => result.status === 'failed');
		const details = broken.flatMap(({ name, message, assertionResults }) => {
			const failures = assertionResults.filter((result) => result.status === 'failed');
			const shown = failures.map((failure) => `${failure.fullName}\n${ourLines(failure.failureMessages.join('\n'))}`);
			return [path.relative('.', name), ...(failures.length ? shown : [message])];
		});
		const unsteady = report.testResults.flatMap(({ name, assertionResults }) =>
			assertionResults
				.filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
				.map(
					({ fullName, failureMessages }) =>
						`${path.relative('.', name)} ${fullName}\n${ourLines(failureMessages.join('\n'))}`
				)
		);
		// A file that does not load has no tests to count, and an error outside of a test belongs to none
		const unloaded = broken.filter((result) =>
			result.assertionResults.every((each) => each.status !== 'failed')
		).length;
		const failed = report.numFailedTests + unloaded;
		return {
			passed: report.numPassedTests,
			failed: failed || Number(!ok),
			skipped: report.numPendingTests,
			unsteady,
			details: failed ? details.join('\n') : ourLines(output)
		};
	}
});

/** Plain text without the lines that a stack has in packages. */
const ourLines = (text: string) =>
	stripVTControlCharacters(text)
		.split('\n')
		.filter((line) => !/^\s*(at|❯) .*node_modules/.test(line))
		.join('\n');

type Suite = { file: string; suites?: Suite[]; specs?: Spec[] };
type Spec = {
	title: string;
	line: number;
	file: string;
	tests: { projectName: string; status: string; results: { error?: { stack?: string; message?: string } }[] }[];
};
type PlaywrightReport = {
	stats: { expected: number; unexpected: number; flaky: number; skipped: number };
	errors: { message?: string }[];
	suites: Suite[];
};

export const browser: Stage = {
	name: 'browser',
	run: async () => {
		const file = reportFile();
		ensureWebKit((line) => console.log(line));
		// to record what passes costs more than the visit; what failed is recorded when it is asked once more
		const args = ['test', '--retries=1', '--trace=on-first-retry', '--reporter=json'];
		const { ok, output } = await tool('@playwright/test/cli.js', args, {
			CHROMIUM: ensureChromium((line) => console.log(line)),
			PLAYWRIGHT_JSON_OUTPUT_NAME: file
		});
		const report = readReport<PlaywrightReport>(file);
		if (!report) return { passed: 0, failed: 1, details: output };
		const { expected, unexpected, flaky, skipped } = report.stats;
		const of = (status: string) => report.suites.flatMap((suite) => failuresOf(suite, status));
		const details = [...report.errors.map((error) => error.message ?? ''), ...of('unexpected')];
		return {
			passed: expected + flaky,
			failed: unexpected || Number(!ok),
			skipped,
			unsteady: of('flaky').map(ourLines),
			details: ourLines(details.join('\n')) || output
		};
	}
};

/** The tests of this status, each with the first thing that went wrong in it. */
function failuresOf(suite: Suite, status: string): string[] {
	const own = (suite.specs ?? []).flatMap((spec) =>
		spec.tests
			.filter((test) => test.status === status)
			.map((test) => {
				const error = test.results.find((result) => result.error)?.error;
				return `[${test.projectName}] ${spec.file}:${spec.line} ${spec.title}\n${error?.stack ?? error?.message ?? ''}`;
			})
	);
	return [...own, ...(suite.suites ?? []).flatMap((inner) => failuresOf(inner, status))];
}

let reports = 0;
const reportFile = () => path.join(os.tmpdir(), `aitelier-report-${process.pid}-${reports++}.json`);

function readReport<T>(file: string): T | undefined {
	if (!fs.existsSync(file)) return undefined;
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
	} finally {
		fs.rmSync(file);
	}
}

type Ended = { result: Result; ms: number };

const timed = async ({ run }: Stage): Promise<Ended> => {
	const from = performance.now();
	const result = await run().catch((error: Error): Result => ({ passed: 0, failed: 1, details: error.message }));
	return { result, ms: performance.now() - from };
};

/**
 * Runs one set of lanes after the other, prints a line for each stage and the details of what failed, and ends with
 * `N passed, N failed`. Returns the exit code. `needs`: a stage that is not run when one of an earlier set failed.
 */
export async function runStages(sets: Lanes[], needs: Record<string, string> = {}): Promise<number> {
	const total = { passed: 0, failed: 0 };
	const bad = new Set<string>();
	const runOne = async (stage: Stage) => {
		const { name } = stage;
		const { result, ms } = bad.has(needs[name] ?? '')
			? { result: { passed: 0, failed: 1, details: `Not run, because ${needs[name]} failed.` } as Result, ms: 0 }
			: await timed(stage);
		const seconds = (ms / 1000).toFixed(1);
		const skipped = result.skipped ? `, ${result.skipped} skipped` : '';
		console.log(
			`${name.padEnd(8)} ${seconds.padStart(6)} s  ${result.passed} passed, ${result.failed} failed${skipped}`
		);
		for (const test of result.unsteady ?? []) console.log(`\nunsteady: ${test}\n`);
		if (result.failed) {
			bad.add(name);
			console.log(`\n${result.details ?? ''}\n`);
		}
		total.passed += result.passed;
		total.failed += result.failed;
	};
	for (const lanes of sets)
		await Promise.all(
			lanes.map(async (lane) => {
				for (const stage of lane) await runOne(stage);
			})
		);
	console.log(`${total.passed} passed, ${total.failed} failed`);
	return total.failed ? 1 : 0;
}
