import { type SandboxModel, modelOf } from './catalogue.ts';
import { jobLog } from './job-log.ts';
import { fileOf, isChecked } from './files.ts';
import { cancelJob, dropJob, isReady, jobOf, jobsOf, measuredOf, placeJob, placed } from './jobs.ts';
import { adapterNumberOf } from './project-models.ts';
import type { SandboxFile } from './records.ts';
import { type Job, standingOf } from './timeline.ts';
import { iso, number, record, text } from './values.ts';
import { type Call, Refusal, type Reply, jsonOf, ranged } from './wire.ts';

export const mostEpochs = 20;
/** Least and most examples in a step. */
export const batchLimits = ({ trait }: SandboxModel): [least: number, most: number] =>
	trait === 'batch-8' ? [8, 8] : [1, 64];

/** The file, once it was found to be good. */
function goodFile(call: Call, id: unknown): SandboxFile {
	const file = fileOf(call, id, 'together');
	if (!isChecked(call, file)) throw new Refusal(400, 'The file is still being checked.', { code: 'file_not_ready' });
	if (file.problem) throw new Refusal(400, file.problem, { code: 'invalid_file' });
	return file;
}

function between(name: string, value: unknown, usual: number, least: number, most: number): number {
	const given = value === undefined || value === null ? usual : number(value);
	if (given === null || given < least || given > most) {
		throw new Refusal(400, `${name} has to be between ${least} and ${most}.`, { param: name });
	}
	return given;
}

const summary = (call: Call, job: Job) => {
	const nowMs = call.sandbox.now();
	const standing = standingOf(job, nowMs);
	const { training_method, training_type, lr_scheduler, warmup_ratio } = job.sent;
	return {
		id: job.id,
		status: standing.word,
		created_at: iso(job.createdAtMs),
		updated_at: iso(standing.endedAtMs ?? nowMs),
		user_id: call.account.id,
		model: job.model,
		...(isReady(call, job)
			? { model_output_name: `${call.account.slug}/${job.model}:${job.suffix ?? ''}:${job.id}` }
			: {}),
		training_file: job.trainingFile,
		validation_file: job.validationFile ?? '',
		n_epochs: job.epochs,
		n_evals: job.evals,
		n_checkpoints: 1,
		batch_size: job.batch,
		learning_rate: job.learningRate,
		warmup_ratio: warmup_ratio ?? 0,
		lr_scheduler,
		training_method,
		training_type,
		random_seed: job.seed,
		suffix: job.suffix,
		token_count: job.trainTokens,
		// in billionths of a dollar; a job that failed is not billed
		total_price: Math.round(job.dollars * 1e9 * (standing.word === 'error' ? 0 : standing.share))
	};
};

const detailed = (call: Call, job: Job) => {
	const standing = standingOf(job, call.sandbox.now());
	const id = job.id.slice(3);
	return {
		...summary(call, job),
		batch_size: job.sent.batch_size ?? 'max',
		job_id: job.id,
		epochs_completed: Math.floor(standing.share * job.epochs),
		steps_completed: Math.floor(standing.share * job.steps),
		total_steps: job.steps,
		...(isReady(call, job)
			? {
					...(job.trait === 'adapter-only'
						? {}
						: { model_object_id: `ml_${id}`, model_object_name: `${call.account.slug}/${job.suffix ?? id}` }),
					adapter_object_id: adapterNumberOf(job),
					adapter_object_name: `${call.account.slug}/${job.suffix ?? id}-adapter`
				}
			: {})
	};
};

/** Of a training with preferences how close it stays to its base model; null: it is one with examples. There is no third. */
export function betaOf(method: unknown, beta: unknown): number | null {
	if (method === undefined || method === null || method === 'sft' || method === 'supervised') return null;
	if (method === 'dpo') return beta === 'auto' ? usualBeta : between('beta', beta, usualBeta, 0.001, 2);
	throw new Refusal(400, `The sandbox trains with examples or preferences, not with “${String(method)}”.`, {
		code: 'unsupported_method',
		param: 'method'
	});
}
const usualBeta = 0.1;

export const togetherJobs = {
	create(call: Call): Reply {
		const sent = jsonOf(call);
		const model = modelOf(sent.model);
		if (!model?.trainable)
			throw new Refusal(400, `The model ${String(sent.model)} can not be trained.`, { param: 'model' });
		const { method, dpo_beta } = record(sent.training_method);
		const beta = betaOf(method, dpo_beta);
		const suffix = text(sent.suffix);
		if (suffix && suffix.length > 40)
			throw new Refusal(400, 'The suffix has at most 40 characters.', { param: 'suffix' });
		const evals = between('n_evals', sent.n_evals, 0, 0, 100);
		const validation = sent.validation_file ? goodFile(call, sent.validation_file) : null;
		if (evals > 0 && !validation)
			throw new Refusal(400, 'n_evals needs a validation file.', { param: 'validation_file' });
		const { job, cut } = placeJob(call, {
			wire: 'together',
			model,
			training: goodFile(call, sent.training_file),
			validation,
			epochs: Math.round(between('n_epochs', sent.n_epochs, 1, 1, mostEpochs)),
			batch:
				sent.batch_size === 'max' ? 8 : Math.round(between('batch_size', sent.batch_size, 8, ...batchLimits(model))),
			evals,
			learningRate: between('learning_rate', sent.learning_rate, 1e-5, 1e-8, 1),
			warmupRatio: between('warmup_ratio', sent.warmup_ratio, 0, 0, 1),
			beta,
			seed: number(sent.random_seed) ?? 42,
			suffix,
			metadata: {},
			sent,
			refusal: null
		});
		return placed(summary(call, job), cut);
	},

	retrieve: (call: Call): Reply => ({ json: detailed(call, jobOf(call, 'together')) }),
	list: (call: Call): Reply => ({ json: { data: jobsOf(call, 'together').map((job) => summary(call, job)) } }),
	cancel: (call: Call): Reply => ({ json: summary(call, cancelJob(call, 'together')) }),

	remove(call: Call): Reply {
		dropJob(call, jobOf(call, 'together'));
		return { json: { message: 'The job and its checkpoints were deleted.' } };
	},

	/** Where the counted file can be had: here that is the file as it came. */
	tokenizedDataset(call: Call): Reply {
		const job = jobOf(call, 'together');
		const file = call.account.files[job.trainingFile];
		if (!file) throw new Refusal(404, 'There is no counted file of this job.', { code: 'dataset_not_found' });
		const url = `http://${call.headers.host}/tokenized/${file.id}?account=${call.account.id}&digest=${file.digest}`;
		const expires_at = iso(call.sandbox.now() + 3_600_000);
		return { json: { url, filename: file.name, size: file.bytes, content_type: 'application/jsonl', expires_at } };
	},

	/** What the model learnt: here an archive is the lessons as they are. */
	async download(call: Call): Promise<Reply> {
		const job = jobOf({ ...call, params: { id: call.query.get('ft_id') ?? '' } }, 'together');
		const body = isReady(call, job) ? await call.sandbox.store.get(call.account, 'models', job.id) : null;
		if (!body) throw new Refusal(404, 'There is no checkpoint of this job yet.', { code: 'checkpoint_not_found' });
		return ranged(call, body);
	},

	events(call: Call): Reply {
		const job = jobOf(call, 'together');
		const data = jobLog(job, call.sandbox.now()).map(({ atMs, level, type, message, step }) => ({
			object: 'fine-tune-event',
			created_at: iso(atMs),
			level,
			type,
			message,
			...(step === undefined ? {} : { step, total_steps: job.steps })
		}));
		return { json: { data } };
	},

	async metrics(call: Call): Promise<Reply> {
		const job = jobOf(call, 'together');
		const from = Number(call.query.get('global_step_from') ?? 0);
		const to = Number(call.query.get('global_step_to') ?? Infinity);
		const points = (await measuredOf(call, job)).filter((point) => point.step >= from && point.step <= to);
		const metrics = points.map((point) => {
			const side = point.series === 'train' ? 'train' : 'eval';
			const row = { [`${side}/global_step`]: point.step, [`${side}/epoch`]: point.epoch, [`${side}/loss`]: point.loss };
			if (side === 'train') row['train/learning_rate'] = point.learningRate;
			return { timestamp: point.atMs * 1_000_000, ...row };
		});
		return { json: { metrics } };
	},

	checkpoints(call: Call): Reply {
		const job = jobOf(call, 'together');
		const { endedAtMs } = standingOf(job, call.sandbox.now());
		const last = { checkpoint_type: 'Final', path: `sandbox://${job.id}`, step: job.steps, checkpoint: 'model' };
		return { json: { data: isReady(call, job) ? [{ ...last, created_at: iso(endedAtMs!) }] : [] } };
	}
};
