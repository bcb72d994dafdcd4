import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { asJsonl, shippingPairs } from '../../sandbox/shipping-examples.ts';

type Answer = { code: number | null; out: string; err: string };
type Judges = { run: (args: string[]) => Promise<Answer>; room: string };

const firstId = (out: string, kind: string): string => new RegExp(`"(${kind}[-_][\\w-]+)"`).exec(out)?.[1] ?? '';

/** Together's command line through a whole life: a file, a training, a deployment, and everything gone again. */
export const togetherCommands = async ({ run, room }: Judges): Promise<{ passed: number; failed: number }> => {
	const count = { passed: 0, failed: 0 };
	const file = path.join(room, 'train.jsonl');
	fs.writeFileSync(file, asJsonl(shippingPairs(30)));
	/** A command, which has to end well and to say this. */
	const tg = async (args: string[], says: RegExp): Promise<string> => {
		const { code, out, err } = await run([...args, '--non-interactive', '--json']);
		// what the client finds odd in an answer it says on the other stream
		const isFine = code === 0 && says.test(out + err) && !/Traceback|serializer warnings/.test(err);
		count[isFine ? 'passed' : 'failed'] += 1;
		if (!isFine) console.log(`tg ${args.join(' ')}: ended with ${code}\n${(out + err).slice(0, 800)}`);
		return out;
	};
	/** Asks until it says so: trainings and deployments take their time. */
	const until = async (args: string[], says: RegExp): Promise<string> => {
		for (let times = 0; times < 60; times++) {
			if (says.test((await run([...args, '--non-interactive', '--json'])).out)) break;
			await wait(100);
		}
		return tg(args, says);
	};

	const project = firstId(await tg(['whoami'], /project_api_key/), 'proj');
	const within = ['--project', project];
	await tg(['projects', 'list'], new RegExp(project));
	await tg(['files', 'check', file], /"is_check_passed": true/);
	const fileId = firstId(await tg(['files', 'upload', file], /COMPLETED|PENDING|RUNNING|QUEUED/), 'file');
	await tg(['files', 'list'], new RegExp(fileId));
	await until(['files', 'retrieve', fileId], /COMPLETED/);
	await tg(['files', 'download', fileId, '--output', path.join(room, 'again.jsonl')], new RegExp(fileId));
	await tg(['ft', 'model-limits', 'sandbox-small'], /"max_rank"/);
	await tg(['ft', 'preview', '--model', 'sandbox-small', '--training-file', fileId], /"rows"/);

	const order = (model: string) => ['ft', 'create', '-t', fileId, '--model', model, '--lora', '-y', ...within];
	await tg([...order('sandbox-small'), '--suffix', 'by-hand'], /has been submitted/);
	const jobId = firstId(await tg(['ft', 'list'], /sandbox-small/), 'ft');
	const done = await until(['ft', 'retrieve', jobId], /"model_object_id"/);
	const model = /"model_object_id": "(ml_[^"]+)"/.exec(done)?.[1] ?? '';
	await tg(['ft', 'list-events', jobId], /job_complete/);
	await tg(['ft', 'list-metrics', jobId], /train\/loss/);
	await tg(['ft', 'list-checkpoints', jobId], /"step"/);
	await tg(['ft', 'download', jobId, '--output-dir', path.join(room, 'weights')], new RegExp(jobId));
	await tg(['ft', 'download-tokenized-dataset', jobId, '--output-dir', path.join(room, 'counted')], new RegExp(jobId));
	// never over by itself, however long the commands take
	await tg(order('sandbox-stands-still'), /has been submitted/);
	const slow = firstId(await tg(['ft', 'list'], /sandbox-stands-still/), 'ft');
	await tg(['ft', 'cancel', slow, ...within], /cancel/i);
	await until(['ft', 'retrieve', slow], /"cancelled"/);
	await tg(['ft', 'delete', slow, '--force', ...within], /deleted/);

	await tg(['models', 'public'], /sandbox-small/);
	const weights = new RegExp(`"${model}"`);
	await tg(['models', 'list'], weights);
	await tg(['models', 'retrieve', model], weights);
	await tg(['models', 'configs', model], /"cr_sandbox-small"/);
	const deploy = ['endpoints', 'deploy', model, '--endpoint', 'by-hand', '--inactive-timeout', '60', ...within];
	await tg(deploy, /by-hand/);
	const endpoint = firstId(await tg(['endpoints', 'ls'], /by-hand/), 'ep');
	await until(['endpoints', 'get', endpoint], /DEPLOYMENT_STATE_READY/);
	await tg(['endpoints', 'events', endpoint], /endpoint\.created/);
	await tg(['endpoints', 'rm', endpoint, '--force', ...within], new RegExp(endpoint));
	await tg(['files', 'delete', fileId], /"success": true/);
	console.log(`Together’s command line: ${count.passed} of ${count.passed + count.failed}`);
	return count;
};
