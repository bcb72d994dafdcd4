import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { demoSlug } from '../../src/launch/demo-team.ts';
import { openDemoApp } from './demo-app.ts';
import { pythonPrograms } from './python.ts';

/** Tried on each operation; CONFORMANCE_EXAMPLES for more. */
const examples = process.env.CONFORMANCE_EXAMPLES ?? '40';
/** A new order of things each time finds more; this one can be repeated. CONFORMANCE_SEED for another. */
const seed = process.env.CONFORMANCE_SEED ?? '1';

/**
 * How it is asked. Real ids in the addresses, or nearly every answer would be *not found*. Some rules are not in any schema (a
 * conversation ends with an answer), so that what fits the schema may be refused as 422; and what does not fit is refused by
 * more codes than it knows. A device code that is none is *expired*, a 400 as RFC 8628 wants it. TRACE is left out: it is no method of fetch's Request, so Kit's server answers it before any line of ours.
 */
const settings = (ids: Record<string, string>) => `
seed = ${seed}
suppress-health-check = ["all"]
[generation]
max-examples = ${examples}
database = "none"
[phases.coverage]
unexpected-methods = ["get", "put", "post", "patch", "delete"]
[parameters]
${Object.entries(ids)
	.map(([name, id]) => `"path.${name}" = ${JSON.stringify(id)}`)
	.join('\n')}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 403, 404, 409, 412, 422, 429]
[checks.negative_data_rejection]
expected-statuses = [304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429]
[[operations]]
include-path = "/device/token"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 429]
`;

type Suite = { passed: number; failed: number };

/** Of a report in JUnit's form: each operation is a test. */
const counted = (report: string): Suite => {
	const attribute = (name: string) => Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(report)?.[1] ?? 0);
	const failed = attribute('failures') + attribute('errors');
	return { passed: attribute('tests') - failed, failed };
};

/** schemathesis, with everything it has, against /api/openapi.json. */
export const api = async (): Promise<Suite> => {
	const programs = pythonPrograms(console.log);
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-schemathesis-'));
	const app = await openDemoApp();
	// whoever comes without a key has few requests, and is to hear of the key
	const refill = setInterval(() => void app.owner`delete from buckets`.catch(() => {}), 500);
	try {
		const [ids] = await app.owner`select
			(select id from connections limit 1) as "connectionId", (select id from examples limit 1) as "exampleId",
			(select id from runs limit 1) as "runId", (select id from evaluations limit 1) as "evaluationId"`;
		const config = path.join(room, 'schemathesis.toml');
		fs.writeFileSync(config, settings({ project: demoSlug, ...(ids as Record<string, string>) }));
		const report = path.join(room, 'junit.xml');
		const program = spawn(
			path.join(programs, 'st'),
			[
				...['--config-file', config, '--no-color', 'run', `${app.origin}/api/openapi.json`],
				...['--header', `Authorization: Bearer ${app.key}`, '--continue-on-failure', '--no-shrink'],
				...['--report', 'junit', '--report-junit-path', report, '--report-dir', room]
			],
			{ stdio: 'inherit', cwd: room, env: { ...process.env, NO_COLOR: '1' } }
		);
		await once(program, 'close');
		const found = fs.existsSync(report) ? counted(fs.readFileSync(report, 'utf8')) : { passed: 0, failed: 1 };
		const bugs = app.bugs();
		for (const bug of bugs.slice(0, 20)) console.log(bug.slice(0, 600));
		return { passed: found.passed, failed: found.failed + bugs.length };
	} finally {
		clearInterval(refill);
		await app.close();
		fs.rmSync(room, { recursive: true, force: true });
	}
};
