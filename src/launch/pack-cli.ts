import './node24.ts';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

// `npm run pack:cli [FOLDER]`: writes aitelier-<version>.tgz, as npm would publish it, and prints its path last.

const folder = path.resolve(process.argv[2] ?? '.');
const room = fs.mkdtempSync(path.join(fs.realpathSync(process.env.TMPDIR ?? '/tmp'), 'ait-pack-'));
try {
	const vite = ['node_modules/vite/bin/vite.js', 'build', '--config', 'src/cli/vite.config.ts', '--outDir', room];
	execFileSync(process.execPath, [...vite, '--logLevel', 'warn'], { stdio: ['ignore', 'inherit', 'inherit'] });
	fs.chmodSync(path.join(room, 'ait.js'), 0o755);
	for (const file of ['package.json', 'README.md', 'CHANGELOG.md'])
		fs.copyFileSync(path.join('src/cli', file), path.join(room, file));
	fs.copyFileSync('LICENSE', path.join(room, 'LICENSE'));
	fs.mkdirSync(folder, { recursive: true });
	const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: room, encoding: 'utf8' });
	const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
	console.log(path.join(folder, filename));
} finally {
	fs.rmSync(room, { recursive: true, force: true });
}
