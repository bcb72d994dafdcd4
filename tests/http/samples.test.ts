// What people copy works: the samples of the reference in three languages.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ids } from '../../src/lib/contract/ids.ts';
import { restBase } from '../../src/lib/contract/openapi/document.ts';
import { rest } from '../../src/lib/contract/rest.ts';
import { createKey } from '../../src/lib/server/keys/commands.ts';
import { sampleProject, samplesOf } from '../../src/routes/(docs)/samples.ts';
import { ensureProgram } from '../support/app/programs.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { type World, newWorld } from '../support/data/world.ts';

let app: StartedApp;
let world: World;
let env: NodeJS.ProcessEnv;
let anImport: string;
const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-samples-'));

beforeAll(async () => {
	app = await startApp();
	world = await newWorld(app.owner, app.sandboxUrl);
	const [row] = await app.owner`select id from imports where team_id = ${world.teamId}`;
	anImport = row!.id as string;
	const { key } = await createKey(world.scopes.owner, { name: 'Samples', role: 'trainer', projectIds: null, days: 30 });
	env = { PATH: process.env.PATH, HOME: room, AIT_KEY: key, AIT_URL: app.origin };
	ensureProgram('curl', 'curl ca-certificates');
	ensureProgram('python3');
}, 300_000);
afterAll(async () => {
	await app.close();
	fs.rmSync(room, { recursive: true, force: true });
});

const execute = promisify(execFile);
/** What it prints. Throws with what it said when it fails. */
const run = async (program: string, args: string[]) =>
	(await execute(program, args, { cwd: room, env, timeout: 60_000 })).stdout;

/** Real ids in the place of those of the contract, name by name. */
const real = (sample: string) => {
	const places: Partial<Record<keyof typeof ids, string>> = {
		connection: world.connection,
		example: world.example,
		run: world.run,
		prompt: world.prompt,
		evaluation: world.revealed,
		import: anImport
	};
	let filled = sample.replaceAll(sampleProject, world.project);
	for (const [name, id] of Object.entries(places)) filled = filled.replaceAll(ids[name as keyof typeof ids], id);
	return filled;
};

const languages = {
	sh: (sample: string) => run('sh', ['-c', sample.replace(/^curl /, 'curl --silent --fail-with-body ')]),
	typescript: (sample: string) => {
		// as Node would do itself, with a compiler that each process loads anew
		fs.writeFileSync(path.join(room, 'sample.mjs'), stripTypeScriptTypes(sample));
		return run(process.execPath, ['sample.mjs']);
	},
	python: (sample: string) => {
		fs.writeFileSync(path.join(room, 'sample.py'), sample);
		return run('python3', ['sample.py']);
	}
};

// what a world has nothing of, or no file for; its evaluations compare two models
const without = /^(webhooks|tokens)\.|^runs\.file$|^evaluations\.(nextAnswers|scores|exportScores|threeWay)$/;
const looks = rest.filter(({ method, operation }) => method === 'GET' && !without.test(operation.name));

describe.each(Object.keys(languages) as (keyof typeof languages)[])('the samples in %s', (language) => {
	test.each(looks.map((row) => [row.operation.name, row] as const))('%s', async (_, row) => {
		const sample = real(samplesOf(row, app.origin + restBase)[language]);
		await expect(languages[language](sample)).resolves.toEqual(expect.any(String));
	});

	test('examples.add writes one, and the same once more is refused', async () => {
		const row = rest.find(({ operation }) => operation.name === 'examples.add')!;
		const sample = real(samplesOf(row, app.origin + restBase)[language]).replaceAll('Norway', `${language} land`);
		expect(await languages[language](sample)).toMatch(/["']?number["']?:\s*\d+/);
		await expect(languages[language](sample)).rejects.toThrow(/409|exited|failed/i);
	});
});
