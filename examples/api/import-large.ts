// Puts a file of any size into a project, in pieces: a million lines are fifty of them. After a cut the same command goes on; a
// piece that has arrived before answers at once, and nothing is there twice.
//
//   AIT_KEY=ait_sk_… node examples/api/import-large.ts PROJECT FILE [LINES A PIECE]

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { importFile, stop, tellRefusals } from './ask.ts';

const [project = '', file = '', most = '20000'] = process.argv.slice(2);
if (!file || !/^[1-9]\d*$/.test(most))
	stop('Use: AIT_KEY=ait_sk_… node import-large.ts PROJECT FILE [LINES A PIECE]', 2);

const total = { added: 0, duplicates: 0, refused: 0 };
let [lines, before]: [string[], number] = [[], 0];

const send = async () => {
	const text = `${lines.join('\n')}\n`;
	// a piece is called by what it says, so that it is the same when it is sent again
	const as = createHash('sha256').update(`${file}\n${text}`).digest('hex').slice(0, 32);
	const imported = await importFile(project, path.basename(file), text, as);
	tellRefusals(imported, before);
	for (const name of ['added', 'duplicates', 'refused'] as const) total[name] += imported[name];
	before += lines.length;
	lines = [];
	console.log(`${before} lines: ${total.added} new, ${total.duplicates} known, ${total.refused} refused`);
};

for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
	lines.push(line);
	if (lines.length === Number(most)) await send();
}
if (lines.length > 0) await send();
process.exitCode = total.refused > 0 ? 1 : 0;
