import { modelOf } from './catalogue.ts';
import { isKey } from './characters.ts';
import { jobLog } from './job-log.ts';
import { fileOf } from './files.ts';
import { cancelJob, isReady, jobOf, jobsOf, placeJob, placed } from './jobs.ts';
import { type Job, type Standing, standingOf } from './timeline.ts';
import { betaOf } from './together-jobs.ts';
import { number, record, seconds, text } from './values.ts';
import { type Call, Refusal, type Reply, jsonOf, pageOf } from './wire.ts';

const fewestExamples = 10;
const mostSuffix = 64;
/** What a multiplier of 1 means here. */
const ownRate = 2e-4;

const words: Record<Standing['word'], string> = {
	pending: 'validating_files',
	queued: 'queued',
	running: 'running',
	defragmenting: 'defragmenting',
	compressing: 'running',
	uploading: 'running',
	completed: 'succeeded',
	error: 'failed',
	// There is no word for a cancellation that is still going on.
	cancel_requested: 'running',
	paused: 'paused',
	cancelled: 'cancelled'
};

/** `ft:<base>:<organization>:<suffix>:<id>`; an empty suffix leaves two colons. */
export const tunedName = (job: Job) => `ft:${job.model}:sandbox:${job.suffix ?? ''}:${job.id.slice(6)}`;

const shown = (call: Call, job: Job) => {
	const standing = standingOf(job, call.sandbox.now());
	const problem = jobLog(job, call.sandbox.now()).findLast((each) => each.type === 'job_error');
	const { method, hyperparameters } = job.sent;
	return {
		object: 'fine_tuning.job',
		id: job.id,
		model: job.model,
		created_at: seconds(job.createdAtMs),
		finished_at: standing.endedAtMs === null ? null : seconds(standing.endedAtMs),
		fine_tuned_model: isReady(call, job) ? tunedName(job) : null,
		organization_id: 'org-sandbox',
		result_files: [],
		status: words[standing.word],
		training_file: job.trainingFile,
		validation_file: job.validationFile,
		hyperparameters: {
			n_epochs: job.epochs,
			batch_size: job.batch,
			...(isKey(call.key, 'absolute-rate') ? { learning_rate: job.learningRate, lora: false } : {}),
			...record(hyperparameters)
		},
		method,
		trained_tokens: isReady(call, job) ? job.trainTokens * job.epochs : null,
		error: problem
			? {
					code: job.refusal ? 'invalid_training_file' : 'server_error',
					message: problem.message,
					param: job.refusal ? 'training_file' : null
				}
			: null,
		seed: job.seed,
		...(isKey(call.key, 'no-trace')
			? {}
			: keepsMetadata(call)
				? { user_provided_suffix: job.suffix, metadata: job.metadata }
				: { suffix: job.suffix })
	};
};

/** `auto`, nothing, or a number between two limits. */
function setting(hyper: Record<string, unknown>, name: string, usual: number, least: number, most: number): number {
	const value = hyper[name];
	if (value === undefined || value === 'auto') return usual;
	const given = number(value);
	if (given === null || given < least || given > most) {
		throw new Refusal(400, `${name} has to be between ${least} and ${most}.`, { param: name });
	}
	return given;
}

const keepsMetadata = ({ key }: Call) => !isKey(key, 'no-metadata') && !isKey(key, 'no-trace');

/** Absolute, or a multiple of its own. Who trains whole models takes larger steps for too large, and learns nothing of use. */
function rateOf(call: Call, hyper: Record<string, unknown>): number {
	if (!isKey(call.key, 'absolute-rate')) return ownRate * setting(hyper, 'learning_rate_multiplier', 1, 1e-6, 1_000);
	const rate = setting(hyper, 'learning_rate', setting(hyper, 'learning_rate_multiplier', 1e-5, 0, 100), 0, 100);
	return hyper.lora === true ? rate : Math.min(rate, 1e-5);
}

export const openaiJobs = {
	create(call: Call): Reply {
		const sent = jsonOf(call);
		const model = modelOf(sent.model);
		if (!model?.trainable) {
			throw new Refusal(400, `The model ${String(sent.model)} is not available for fine-tuning.`, {
				code: 'model_not_available',
				param: 'model'
			});
		}
		const training = fileOf(call, sent.training_file, 'openai');
		const validation = sent.validation_file ? fileOf(call, sent.validation_file, 'openai') : null;
		const { type, supervised, dpo } = record(sent.method);
		const suffix = text(sent.suffix);
		if (suffix && suffix.length > mostSuffix)
			throw new Refusal(400, `The suffix has at most ${mostSuffix} characters.`, { param: 'suffix' });
		const hyper = {
			...record(sent.hyperparameters),
			...record(record(type === 'dpo' ? dpo : supervised).hyperparameters)
		};
		const few =
			training.lines < fewestExamples
				? `The training file has ${training.lines} examples, but must have at least ${fewestExamples}.`
				: null;
		const batch = Math.round(setting(hyper, 'batch_size', 4, 1, 256));
		const { job, cut } = placeJob(call, {
			wire: 'openai',
			model,
			training,
			validation,
			epochs: Math.round(setting(hyper, 'n_epochs', 3, 1, 50)),
			batch,
			evals: validation ? 5 : 0,
			learningRate: rateOf(call, hyper),
			warmupRatio: 0,
			beta: betaOf(type, hyper.beta),
			seed: number(sent.seed) ?? 42,
			suffix,
			metadata: keepsMetadata(call) ? record(sent.metadata) : {},
			sent,
			refusal: training.problem ?? few ?? validation?.problem ?? null
		});
		return placed(shown(call, job), cut);
	},

	retrieve: (call: Call): Reply => ({ json: shown(call, jobOf(call, 'openai')) }),
	cancel: (call: Call): Reply => ({ json: shown(call, cancelJob(call, 'openai')) }),

	pause(call: Call): Reply {
		const job = jobOf(call, 'openai');
		const nowMs = call.sandbox.now();
		if (standingOf(job, nowMs).word !== 'running')
			throw new Refusal(400, 'Only a running job can be paused.', { code: 'job_not_pausable' });
		job.pausedAtMs = nowMs;
		call.sandbox.store.save(call.account);
		return { json: shown(call, job) };
	},

	resume(call: Call): Reply {
		const job = jobOf(call, 'openai');
		if (job.pausedAtMs == null) throw new Refusal(400, 'The job is not paused.', { code: 'job_not_paused' });
		job.waitedMs = (job.waitedMs ?? 0) + call.sandbox.now() - job.pausedAtMs;
		job.pausedAtMs = null;
		call.sandbox.store.save(call.account);
		return { json: shown(call, job) };
	},

	/** `metadata[key]=value` filters. */
	list(call: Call): Reply {
		const wanted = [...call.query].flatMap(([name, value]) => {
			const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
			return key ? [[key, value] as const] : [];
		});
		const jobs = jobsOf(call, 'openai').filter(
			(job) => !keepsMetadata(call) || wanted.every(([key, value]) => job.metadata[key] === value)
		);
		const { data, more } = pageOf(call, jobs, 20);
		return { json: { object: 'list', data: data.map((job) => shown(call, job)), has_more: more } };
	}
};
