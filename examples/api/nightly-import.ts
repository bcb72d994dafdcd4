// A nightly job: puts a file of examples into a project, and says what came of it. It may run twice, or be sent again after the
// network broke: the Idempotency-Key is the day and the file, so the second time nothing happens, and it hears the first answer.
// What is there already is left out in any case.
//
//   AIT_KEY=ait_sk_… node examples/api/nightly-import.ts PROJECT FILE

import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import path from 'node:path';
import { importFile, stop, tellRefusals } from './ask.ts';

const [project = '', file = ''] = process.argv.slice(2);
if (!file) stop('Use: AIT_KEY=ait_sk_… node nightly-import.ts PROJECT FILE', 2);

const hash = createHash('sha256').update(`${file}\n`);
for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
const today = new Date().toISOString().slice(0, 10);

// the file is read from the disk while it is sent
const body = await openAsBlob(file);
const imported = await importFile(project, path.basename(file), body, `${today}-${hash.digest('hex').slice(0, 16)}`);
console.log(`${imported.added} new, ${imported.duplicates} known, ${imported.refused} refused`);
tellRefusals(imported);
process.exitCode = imported.refused > 0 ? 1 : 0;
