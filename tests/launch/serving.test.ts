import fs from 'node:fs';
import { expect, test } from 'vitest';
import { serving } from '../../src/launch/serving.ts';

test('npm start, the image and our own programs start the server the same way', () => {
	const [flag] = serving;
	const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
	expect(scripts.start).toMatch(new RegExp(`exec node ${flag} .*build$`));
	expect(fs.readFileSync('Dockerfile', 'utf8')).toContain(
		`CMD ${JSON.stringify(['node', ...serving]).replaceAll(',', ', ')}`
	);
	for (const program of [
		'src/launch/demo.ts',
		'tests/support/app/e2e-server.ts',
		'tests/support/browser/screenshots.ts'
	])
		expect(fs.readFileSync(program, 'utf8'), program).toContain('startNode([...serving]');
});
