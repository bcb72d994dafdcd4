// A nightly job: puts a file of examples into a project, and says what came of it. It may run twice, or be sent again after the
// network broke: the Idempotency-Key is the day and the file, so the second time nothing happens, and it hears the first answer.
// What is there already is left out in any case.
//
//   AIT_KEY=ait_sk_… node examples/api/nightly-import.ts PROJECT FILE

import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import path from 'node:path';

const { AIT_KEY, AIT_URL = 'http://localhost:3000' } = process.env;
const [project, file] = process.argv.slice(2);
if (!AIT_KEY || !project || !file) throw new Error('Use: AIT_KEY=ait_sk_… node nightly-import.ts PROJECT FILE');

const hash = createHash('sha256');
for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
const today = new Date().toISOString().slice(0, 10);

const send = async () =>
	fetch(`${AIT_URL}/api/v1/projects/${project}/imports`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${AIT_KEY}`,
			'content-type': 'application/jsonl',
			'x-file-name': encodeURIComponent(path.basename(file)),
			'idempotency-key': `import-${today}-${hash.copy().digest('hex').slice(0, 16)}`
		},
		body: await openAsBlob(file) // read from the disk while it is sent
	});

/** Sends it until there is an answer that sending again would not change. */
const sendUntilAnswered = async (tries = 5): Promise<Response> => {
	const answer = await send().catch((problem: Error) => problem);
	const isOver = answer instanceof Response && ![408, 429, 500, 502, 503, 504].includes(answer.status);
	if (isOver) return answer;
	if (tries === 1) throw answer instanceof Response ? new Error(await answer.text()) : answer;
	const seconds = answer instanceof Response ? Number(answer.headers.get('retry-after') ?? 5) : 5;
	await new Promise((next) => setTimeout(next, seconds * 1000));
	return sendUntilAnswered(tries - 1);
};

type Imported = {
	added: number;
	duplicates: number;
	refused: number;
	refusals: { line: number; reason: string }[];
};

const answer = await sendUntilAnswered();
if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
const { added, duplicates, refused, refusals } = (await answer.json()) as Imported;
console.log(`${added} new, ${duplicates} known, ${refused} refused`);
for (const { line, reason } of refusals) console.error(`  line ${line}: ${reason}`);
process.exitCode = refused > 0 ? 1 : 0;
