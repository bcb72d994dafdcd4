import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inlined } from '../../src/launch/inlined.ts';
import { builtApp } from '../support/app/built.ts';

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-built-'));
afterAll(() => fs.rmSync(room, { recursive: true, force: true }));

test('the built server looks for none of these packages, and for others it does', { timeout: 240_000 }, async () => {
	const server = path.join(await builtApp(room), 'server');
	const files = fs.readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
	const named = files.flatMap((file) => {
		const imports = /^(?:import|export) (?:[^'"]* from )?['"]([^'"]+)['"];$/gm;
		return Array.from(fs.readFileSync(path.join(server, file), 'utf8').matchAll(imports), ([, name]) => name!);
	});
	expect(named).toContain('undici');
	for (const name of inlined().config().ssr.noExternal)
		expect(named.filter((each) => each === name || each.startsWith(`${name}/`))).toEqual([]);
});
