import './node24.ts';
import fs from 'node:fs';

// `node src/launch/release-notes.ts VERSION`: prints what the changelog of `ait` says of a version. Ends with 1 when the package has
// another version, or the changelog nothing to say of this one.

const wanted = process.argv[2] ?? '';
const { version } = JSON.parse(fs.readFileSync('src/cli/package.json', 'utf8')) as { version: string };
const sections = fs.readFileSync('src/cli/CHANGELOG.md', 'utf8').split(/^## /m);
const notes = sections
	.find((section) => section.startsWith(`[${wanted}]`))
	?.replace(/^.*\n/, '')
	.trim();

if (wanted !== version) {
	console.error(`src/cli/package.json is of version ${version}, not ${wanted || 'none'}.`);
	process.exitCode = 1;
} else if (!notes) {
	console.error(`src/cli/CHANGELOG.md says nothing of ${version}. Give what stands under Unreleased its number.`);
	process.exitCode = 1;
} else console.log(notes);
