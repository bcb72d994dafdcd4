// Starts a training as soon as enough good examples have come in since the last one. For cron: it may run as often as you like, and two
// at once start one run.
//
//   AIT_KEY=ait_sk_… node examples/api/train-on-threshold.ts PROJECT [NEW EXAMPLES] [MOST CENTS]
//
// It ends with 0 whether there was enough or not, with 1 when something went wrong, with 3 when the checklist or the price stops it.

import { createHash } from 'node:crypto';
import { ask, stop } from './ask.ts';

const [project = '', enough = '50', most = '1000'] = process.argv.slice(2);
if (!project) stop('Use: AIT_KEY=ait_sk_… node train-on-threshold.ts PROJECT [NEW EXAMPLES] [MOST CENTS]', 2);

const json = { 'content-type': 'application/json' };
const at = `/projects/${project}`;

type Run = { version: number; status: string };
const [newest] = (await ask<{ data: Run[] }>(`${at}/runs?limit=1`)).data;
if (newest && !['ready', 'failed', 'cancelled'].includes(newest.status)) {
	console.log(`v${newest.version} is still at work: ${newest.status}.`);
	process.exit();
}

// what is new is compared with the rest first, so that nothing that nearly asks the same comes to the other side; of many a job does it
const patience = 300;
for (let looks = 0; ; looks++) {
	const { waiting } = await ask<{ waiting: number | null }>(`${at}/split/preview?ratio=0.8&seed=1`);
	if (!waiting) break;
	if (looks === patience) stop(`${waiting} new examples are still being compared with the others. Try again later.`);
	await new Promise((next) => setTimeout(next, 2_000));
}

// what is good and has no place yet gets one: four fifths train, one fifth is locked and measures
await ask(`${at}/split`, { method: 'POST', headers: json, body: JSON.stringify({ ratio: 0.8, seed: 1 }) });

type Preflight = {
	isClear: boolean;
	findings: { level: 'block' | 'warn' | 'ok'; sentence: string }[];
	recipe: Record<string, number>;
	trainCount: number;
	cost: { cents: number | null };
	lastRun: { newExamples: number } | null;
};
const { isClear, findings, recipe, trainCount, cost, lastRun } = await ask<Preflight>(`${at}/runs/preflight`);

const fresh = lastRun ? lastRun.newExamples : trainCount;
if (fresh < Number(enough)) {
	console.log(`${fresh} new examples to train on, ${enough} are wanted. Not yet.`);
	process.exit();
}
if (!isClear)
	stop(
		findings
			.filter(({ level }) => level === 'block')
			.map(({ sentence }) => sentence)
			.join('\n'),
		3
	);
if (cost.cents === null || cost.cents > Number(most))
	stop(
		`It would cost ${cost.cents === null ? 'nobody knows what' : `${cost.cents} cents`}; at most ${most} are allowed.`,
		3
	);

// made of what was there before, so that whoever else decides the same at this moment means the same run
const digits = createHash('sha256')
	.update(`${project} after ${newest?.version ?? 0}`)
	.digest('hex');
const clientId = digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5');

const body = JSON.stringify({ clientId, ...recipe });
const run = await ask<Run>(`${at}/runs`, { method: 'POST', headers: json, body });
console.log(`v${run.version} has begun, on ${trainCount} examples.`);
