// The scripts of examples/api do what they say, against the built app.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { compareExamples } from '../../src/lib/server/examples/compare.ts';
import { revealResults } from '../../src/lib/server/evaluations/commands.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { newBallot, voteAs } from '../support/data/evaluation.ts';
import { ensureProgram } from '../support/app/programs.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { addRows } from '../support/data/training.ts';
import { type Received, startReceiver } from '../support/servers/webhook-receiver.ts';

let app: StartedApp;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-scripts-'));
const scripts = path.resolve('examples/api');

beforeAll(async () => {
	app = await startApp();
	ensureProgram('curl', 'curl ca-certificates');
	ensureProgram('python3');
}, 300_000);
beforeEach(() => app.owner`delete from buckets`);
afterAll(async () => {
	await app.close();
	fs.rmSync(room, { recursive: true, force: true });
});

type Team = { scope: Awaited<ReturnType<typeof newTeam>>['scope']; owner: { id: string } };

/** A script of the folder, with a key of this team. */
const scriptsOf = async ({ scope, owner }: Team) => {
	const asOwner = { ...scope, userId: owner.id };
	const { key } = await createKey(asOwner, { name: 'Scripts', role: 'trainer', projectIds: null, days: 30 });
	return (file: string, args: readonly string[] = [], env: Record<string, string> = {}) => {
		const program = file.endsWith('.sh') ? 'sh' : file.endsWith('.py') ? 'python3' : process.execPath;
		const given = { PATH: process.env.PATH, HOME: room, TMPDIR: room, AIT_KEY: key, AIT_URL: app.origin, ...env };
		return new Promise<{ code: number; out: string; err: string }>((done) =>
			execFile(program, [`${scripts}/${file}`, ...args], { cwd: room, env: given }, (problem, out, err) =>
				done({ code: problem ? Number(problem.code) : 0, out, err })
			)
		);
	};
};

const line = (question: string) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: 'Yes.' }
		]
	});
const newFile = (lines: readonly string[]) => {
	const file = path.join(room, `${randomUUID()}.jsonl`);
	fs.writeFileSync(file, `${lines.join('\n')}\n`);
	return file;
};

/** A team with a project of so many good examples in train, and some in validation. */
const newTrainable = async (train: number) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope, { sandboxUrl: app.sandboxUrl });
	const rows = Array.from({ length: train + 10 }, (_, at) => ({
		question: `What about matter ${at}, in general and in detail?`,
		split: at < train ? ('train' as const) : ('validation' as const)
	}));
	await addRows(team.scope, project.id, rows, 1000);
	return { ...team, projectId: project.id, run: await scriptsOf(team) };
};

describe('the first call', () => {
	test.each(['first-call.sh', 'first-call.ts', 'first_call.py'])('%s', async (file) => {
		const { run } = await newTrainable(5);
		const { code, out, err } = await run(file);
		expect({ code, err }).toEqual({ code: 0, err: '' });
		if (file.endsWith('.sh')) return expect(out).toContain('The newest examples of support:');
		expect(out).toContain('as a trainer');
		expect(out.match(/^ {2}\d+ {2}/gm)).toHaveLength(3);
	});
});

test('nightly-import.ts brings a file in, once', async () => {
	const { run } = await newTrainable(0);
	const file = newFile([line('Is it new?'), line('Is it blue?')]);
	const first = await run('nightly-import.ts', ['support', file]);
	expect(first).toEqual({ code: 0, out: '2 new, 0 known, 0 refused\n', err: '' });
	// the same day, the same file: the first answer
	expect(await run('nightly-import.ts', ['support', file])).toEqual(first);
	fs.appendFileSync(file, 'nonsense\n');
	expect(await run('nightly-import.ts', ['support', file])).toEqual({
		code: 1,
		out: '0 new, 2 known, 1 refused\n',
		err: expect.stringContaining('line 3:')
	});
});

describe('import-large.ts', () => {
	test('goes in pieces, names refused lines as they stand in the file, and goes on after a cut', async () => {
		const { run } = await newTrainable(0);
		const lines = Array.from({ length: 25 }, (_, at) => line(`Question ${at}?`));
		lines[17] = 'nonsense';
		const file = newFile(lines.slice(0, 10));
		const begun = await run('import-large.ts', ['support', file, '10']);
		expect(begun).toMatchObject({ code: 0, out: '10 lines: 10 new, 0 known, 0 refused\n' });
		fs.writeFileSync(file, `${lines.join('\n')}\n`);
		const { code, out, err } = await run('import-large.ts', ['support', file, '10']);
		expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^ {2}line 18: /) });
		expect(out.trim().split('\n')).toEqual([
			'10 lines: 10 new, 0 known, 0 refused',
			'20 lines: 19 new, 0 known, 1 refused',
			'25 lines: 24 new, 0 known, 1 refused'
		]);
	});

	test('a key that may not is told so in a sentence', async () => {
		const { run } = await newTrainable(0);
		expect(await run('import-large.ts', ['elsewhere', newFile([line('a')])])).toMatchObject({
			code: 1,
			err: expect.stringMatching(/^404: /)
		});
		expect(await run('import-large.ts', ['support'])).toMatchObject({ code: 2, err: expect.stringContaining('Use: ') });
		expect(await run('import-large.ts', ['support', newFile([])], { AIT_KEY: '' })).toMatchObject({ code: 2 });
	});
});

describe('train-on-threshold.ts', () => {
	const runsOf = (teamId: string) => app.owner`select version, status from runs where team_id = ${teamId}`;

	test('waits while there are too few, then starts one run, also when asked twice', async () => {
		const { run, teamId } = await newTrainable(30);
		expect(await run('train-on-threshold.ts', ['support', '31'])).toMatchObject({
			code: 0,
			out: '30 new examples to train on, 31 are wanted. Not yet.\n'
		});
		expect(await runsOf(teamId)).toHaveLength(0);
		const both = await Promise.all([1, 2].map(() => run('train-on-threshold.ts', ['support', '30'])));
		expect(both.map(({ code }) => code)).toEqual([0, 0]);
		expect(both.map(({ out }) => out).join('')).toContain('v1 has begun, on 30 examples.');
		expect(await runsOf(teamId)).toHaveLength(1);
		expect((await run('train-on-threshold.ts', ['support', '1'])).out).toContain('v1 is still at work');
	});

	test('waits while new examples of a large project are being compared with the others', async () => {
		const { run, scope, projectId, teamId } = await newTrainable(30);
		await addRows(scope, projectId, [{ question: 'Does it come in blue?', split: null, rating: 4 }], 5000);
		const script = run('train-on-threshold.ts', ['support', '30']);
		// nobody works in the background here: the job that its first look has asked for is done by hand
		await vi.waitFor(async () => {
			const [job] =
				await app.owner`select from pgboss.job where name = 'project.compare' and data->>'projectId' = ${projectId}`;
			expect(job).toBeDefined();
		}, 60_000);
		await compareExamples(scope, projectId);
		const { out, err } = await script;
		expect({ out, err }).toEqual({ out: 'v1 has begun, on 30 examples.\n', err: '' });
		expect(await runsOf(teamId)).toHaveLength(1);
	});

	test('the checklist stops it', async () => {
		const { run, teamId } = await newTrainable(2);
		expect(await run('train-on-threshold.ts', ['support', '1'])).toMatchObject({
			code: 3,
			err: expect.stringMatching(/\w/)
		});
		expect(await runsOf(teamId)).toHaveLength(0);
	});
});

describe('ci-gate.ts', () => {
	const newVerdict = async (wins: number) => {
		const ballot = await newBallot(20);
		await voteAs(ballot.scope, ballot.slug, ballot.id, (position) => (position < wins ? 'a' : 'b'));
		const gate = await scriptsOf(ballot);
		return {
			gate,
			reveal: async () => revealResults(await inProject(ballot.scope, ballot.slug), { evaluationId: ballot.id })
		};
	};

	test('opens with SHIP IT, and only for these two', async () => {
		const { gate, reveal } = await newVerdict(18);
		expect(await gate('ci-gate.ts', ['support', 'v1', 'base'])).toMatchObject({
			code: 4,
			err: expect.stringContaining('yet')
		});
		await reveal();
		expect(await gate('ci-gate.ts', ['support', 'v1', 'base'])).toMatchObject({
			code: 0,
			out: 'SHIP IT: v1 won 18, lost 2, 0 tied with base.\n'
		});
		expect(await gate('ci-gate.ts', ['support', 'v5', 'v4'])).toMatchObject({ code: 4 });
		expect(await gate('ci-gate.ts', ['support', 'v5'])).toMatchObject({ code: 2 });
	});

	test('stays shut with any other verdict', async () => {
		const { gate, reveal } = await newVerdict(11);
		await reveal();
		expect(await gate('ci-gate.ts', ['support', 'v1', 'base'])).toMatchObject({ code: 5 });
	});
});

/** The signature of a request as S3 computes it (AWS Signature Version 4), from the secret and what arrived. */
const signatureOf = ({ headers, path: place }: Received, secret: string) => {
	const [, day, region, signed] = /Credential=[^/]+\/(\d+)\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+)/.exec(
		headers.authorization!
	)!;
	const names = signed!.split(';');
	const hash = (text: string) => createHash('sha256').update(text).digest('hex');
	const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
	const canonical = [
		...['PUT', place, ''],
		...names.map((name) => `${name}:${String(headers[name]).trim()}`),
		...['', signed, headers['x-amz-content-sha256']]
	].join('\n');
	const scope = `${day}/${region}/s3/aws4_request`;
	const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
	const key = [day!, region!, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
	return hmac(key, text).toString('hex');
};

describe('what is saved', () => {
	test('export.sh saves every example', async () => {
		const { run } = await newTrainable(12);
		const file = path.join(room, 'all.jsonl');
		expect((await run('export.sh', ['support', file])).out).toMatch(/^22 examples in /);
		const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
		expect(lines).toHaveLength(22);
		for (const each of lines) expect(JSON.parse(each)).toHaveProperty('messages');
	});

	test('export-to-bucket.sh puts the same into a bucket, signed', async () => {
		const { run } = await newTrainable(12);
		const bucket = await startReceiver();
		const env = {
			BUCKET_URL: `http://127.0.0.1:${bucket.port}/backup`,
			AWS_REGION: 'eu-central-1',
			AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
			AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI'
		};
		bucket.answers(200);
		const { code, out, err } = await run('export-to-bucket.sh', ['support'], env);
		expect({ code, err }).toEqual({ code: 0, err: '' });
		expect(out).toMatch(/^22 examples in support\/\d{4}-\d\d-\d\d\.jsonl\n$/);
		const [put] = bucket.received;
		expect(put!.path).toMatch(/^\/backup\/support\/\d{4}-\d\d-\d\d\.jsonl$/);
		expect(put!.body.trim().split('\n')).toHaveLength(22);
		expect(put!.headers.authorization).toContain(`Signature=${signatureOf(put!, env.AWS_SECRET_ACCESS_KEY)}`);

		bucket.answers(403, {}, '<Error><Code>SignatureDoesNotMatch</Code></Error>');
		const refused = await run('export-to-bucket.sh', ['support'], env);
		expect(refused.code).not.toBe(0);
		expect(refused.out).not.toContain('examples in');
		expect(fs.readdirSync(room).filter((name) => name.startsWith('tmp.'))).toEqual([]);
		await bucket.stop();
		expect((await run('export-to-bucket.sh', ['support'])).err).toContain('BUCKET_URL');
	});
});
