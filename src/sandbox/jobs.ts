import { type SandboxModel, priceOf } from './catalogue.ts';
import { refuseOrder } from './faults.ts';
import { newId } from './files.ts';
import type { LossPoint } from './learning/lessons.ts';
import type { SandboxFile } from './records.ts';
import { type Job, isOver, restartMoment, stageTimes, standingOf } from './timeline.ts';
import { type Call, Refusal, type Reply } from './wire.ts';

export type Order = {
	wire: Job['wire'];
	model: SandboxModel;
	training: SandboxFile;
	validation: SandboxFile | null;
	epochs: number;
	batch: number;
	evals: number;
	learningRate: number;
	warmupRatio: number;
	beta: number | null;
	seed: number;
	suffix: string | null;
	metadata: Record<string, unknown>;
	sent: Record<string, unknown>;
	refusal: string | null;
};

const refusalOf = ({ model, training, validation, beta, refusal }: Order): string | null => {
	const wanted = beta === null ? 'conversation' : 'preference';
	const other = [training, validation].find(
		(file) => file && !file.problem && (file.format ?? 'conversation') !== wanted
	);
	if (other) return `The file ${other.id} has no ${wanted}s, which this method of training needs.`;
	if (model.trait === 'rejects-data') return 'The training data was refused: line 1 does not suit this model.';
	const token = model.trait === 'forbidden-token' ? (training.controlToken ?? validation?.controlToken) : null;
	return token ? `The training data was refused. ${token}` : refusal;
};

/** Places a job and begins to learn. `cut` in the answer: the order stands, but the line goes dead. */
export function placeJob(call: Call, order: Order): { job: Job; cut: boolean } {
	const { account, sandbox } = call;
	refuseOrder(call.key);
	const { model, training, validation, epochs, evals, wire } = order;
	const tokens = { trainTokens: training.tokens, validationTokens: validation?.tokens ?? 0 };
	const job: Job = {
		id: newId(wire === 'together' ? 'ft' : 'ftjob'),
		wire,
		model: model.id,
		trait: model.trait,
		sent: order.sent,
		trainingFile: training.id,
		validationFile: validation?.id ?? null,
		suffix: order.suffix,
		metadata: order.metadata,
		epochs,
		batch: order.batch,
		steps: Math.max(1, epochs * Math.ceil(training.lines / order.batch)),
		evals: validation ? evals : 0,
		learningRate: order.learningRate,
		warmupRatio: order.warmupRatio,
		beta: order.beta,
		seed: order.seed,
		...tokens,
		dollars: priceOf(model, { epochs, evals, ...tokens }),
		createdAtMs: sandbox.now(),
		stageMs: stageTimes(model, epochs * training.tokens, sandbox.speed),
		waitedMs: null,
		cancelledAtMs: null,
		refusal: refusalOf(order),
		successor: null
	};
	const jobs = [job];
	if (model.trait === 'restarts' && wire === 'together') {
		const next: Job = { ...job, id: newId('ft'), createdAtMs: restartMoment(job) };
		job.successor = next.id;
		jobs.push(next);
	}

	const mark = JSON.stringify([order.suffix, order.metadata]);
	const cut = model.trait === 'cuts-answers' && !account.cut.includes(mark);
	if (cut) account.cut.push(mark);
	for (const each of jobs) account.jobs[each.id] = each;
	sandbox.store.save(account);
	for (const each of jobs) sandbox.training.begin(account, each);
	return { job, cut };
}

/** The jobs of this key that have begun, newest first. */
export function jobsOf(call: Call, wire: Job['wire']): Job[] {
	const nowMs = call.sandbox.now();
	const jobs = Object.values(call.account.jobs).filter((job) => job.wire === wire);
	const hidden = new Set(
		jobs.filter((job) => job.successor && standingOf(job, nowMs).word !== 'error').map((job) => job.successor)
	);
	return jobs
		.filter((job) => !hidden.has(job.id))
		.sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
}

/** One job of this key. Looking at it lets its learning go on, if the sandbox was restarted meanwhile. */
export function jobOf(call: Call, wire: Job['wire']): Job {
	const job = jobsOf(call, wire).find((each) => each.id === call.params.id);
	if (!job) throw new Refusal(404, `There is no job ${call.params.id}.`, { code: 'job_not_found' });
	call.sandbox.training.begin(call.account, job);
	return job;
}

export function cancelJob(call: Call, wire: Job['wire']): Job {
	const job = jobOf(call, wire);
	const nowMs = call.sandbox.now();
	if (isOver(standingOf(job, nowMs))) {
		throw new Refusal(400, 'The job is over and can not be cancelled.', { code: 'job_not_cancellable' });
	}
	job.cancelledAtMs ??= nowMs;
	call.sandbox.store.save(call.account);
	return job;
}

/** The job, and what it learnt, as if they had never been. */
export function dropJob({ account, sandbox }: Call, job: Job): void {
	sandbox.store.drop(account, 'models', job.id);
	delete account.jobs[job.id];
	sandbox.store.save(account);
}

export type Measured = LossPoint & { atMs: number };

/** The losses that were reached so far. */
export async function measuredOf(call: Call, job: Job): Promise<Measured[]> {
	const learned = await call.sandbox.training.learned(call.account, job);
	if (!learned) return [];
	const { share } = standingOf(job, call.sandbox.now());
	const beganMs = job.createdAtMs + job.stageMs.pending + job.stageMs.queued + (job.waitedMs ?? 0);
	return learned.points
		.filter((point) => point.step <= share * job.steps + 1e-9)
		.map((point) => ({ ...point, atMs: beganMs + (point.step / job.steps) * job.stageMs.running }));
}

/** The answer to an order, cut where the model does so. */
export const placed = (json: unknown, cut: boolean): Reply => ({ json, cut });

/** What was ready at a moment can be called. */
export const isReady = (call: Call, job: Job) => standingOf(job, call.sandbox.now()).word === 'completed';
