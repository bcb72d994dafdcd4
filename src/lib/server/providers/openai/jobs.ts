import type { FineTuningJob, FineTuningJobEvent } from 'openai/resources/fine-tuning/jobs/jobs';
import type { RunStatus } from '../../../core/runs/status.ts';
import { ask, optionsFor } from '../call.ts';
import { type Server, clientOf } from './client.ts';
import { pageOf } from './models.ts';
import type { Access, JobReport, Ordered, TrainingEvent, TrainingPoint } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { numbered, unreadable } from '../unreadable.ts';

/** OpenAI's words for a job. An unknown one, such as `paused`, is no failure: it is kept as it is. */
const words = {
	validating_files: 'validating',
	queued: 'queued',
	running: 'training',
	succeeded: 'ready',
	failed: 'failed',
	cancelled: 'cancelled'
} as const satisfies Record<string, RunStatus>;

export const statusOf = (word: string): RunStatus | 'unrecognised' =>
	Object.hasOwn(words, word) ? words[word as keyof typeof words] : 'unrecognised';

const mostJobs = 1_000; // a server that ignores the filter is not read to the end of its history
const mostEvents = 5_000;
const eventsTimeoutMs = 10_000;

/** All pages, each of which has to be one: what is no list says nothing about what exists. */
async function listJobs(access: Access, server: Server, mark: string): Promise<FineTuningJob[]> {
	// a server that knows the filter and keeps no metadata would answer with nothing, and be taken at its word
	const filter = server.dialect?.hasMetadata ? { metadata: { aitelier_job: mark } } : {};
	const jobs: FineTuningJob[] = [];
	for (;;) {
		const after = jobs.at(-1)?.id;
		const query = { limit: 100, ...filter, ...(after && { after }) };
		const page = await pageOf(access, server, '/fine_tuning/jobs', query);
		if (!page) throw unreadable(server);
		jobs.push(...(page.items as FineTuningJob[]).filter((job) => typeof job?.id === 'string'));
		if (!page.hasMore || page.items.length === 0 || jobs.at(-1)?.id === after || jobs.length >= mostJobs) return jobs;
	}
}

/** Servers keep our mark in different places, or in none. */
const marksOf = (job: FineTuningJob): unknown[] => {
	const { suffix, user_provided_suffix } = job as { suffix?: unknown; user_provided_suffix?: unknown };
	return [job.metadata?.aitelier_job, user_provided_suffix, suffix].filter((each) => each != null && each !== '');
};

const isMarked = (job: FineTuningJob, mark: string) =>
	marksOf(job).includes(mark) || (typeof job.fine_tuned_model === 'string' && job.fine_tuned_model.includes(mark));

const clocksDifferMs = 60_000;

/** Without any mark the file tells it, which was sent for this order; not one that was ordered before. */
const isOrdered = (job: FineTuningJob, { trainingFileId, since }: Ordered) =>
	marksOf(job).length === 0 &&
	trainingFileId !== null &&
	job.training_file === trainingFileId &&
	since !== null &&
	job.created_at * 1_000 >= since.getTime() - clocksDifferMs;

/** The jobs with our mark, oldest first. Looked at again here, because not every server filters. */
export async function findJobs(
	access: Access,
	server: Server,
	mark: string,
	order?: Ordered
): Promise<{ jobId: string }[]> {
	const jobs = await listJobs(access, server, mark);
	return jobs
		.filter((job) => isMarked(job, mark) || (order !== undefined && isOrdered(job, order)))
		.sort((a, b) => a.created_at - b.created_at)
		.map((job) => ({ jobId: job.id }));
}

const amount = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/**
 * The newest events, as many as come in a time of their own. Whatever goes wrong with them, what came is kept and the job
 * itself is told: a long job has hundreds of pages, most of which were read before.
 */
async function readEvents(access: Access, jobId: string): Promise<FineTuningJobEvent[]> {
	const events: FineTuningJobEvent[] = [];
	try {
		const pages = clientOf(access).fineTuning.jobs.listEvents(
			jobId,
			{ limit: 100 },
			optionsFor(access, eventsTimeoutMs)
		);
		for await (const event of pages) if (event && events.push(event) >= mostEvents) break;
	} catch {
		// the next look reads what is missing here
	}
	return events.reverse();
}

/** Where a job stands, with its events; the losses are in them. */
export async function reportJob(access: Access, server: Server, jobId: string): Promise<JobReport> {
	const { jobs } = clientOf(access).fineTuning;
	const job = await ask(access, server, async (options) => numbered(await jobs.retrieve(jobId, options), server));
	// asked after it: nobody looks again at a job that is over, and its last losses belong to it
	const events = await readEvents(access, jobId);
	const told = job as { trained_steps?: unknown; total_steps?: unknown }; // Nebius tells them in the job
	const measured = events.flatMap((event) => (event.type === 'metrics' ? [dataOf(event)] : []));
	const steps = measured.map((data) => amount(data.step) ?? 0);
	return {
		jobId: job.id,
		status: statusOf(job.status),
		providerStatus: job.status,
		model: job.fine_tuned_model || null,
		modelObject: null,
		problem: problemOf(job, server),
		trainedTokens: job.trained_tokens ?? null,
		costCents: null, // OpenAI publishes no price of a job
		stepsDone: steps.length ? Math.max(...steps) : amount(told.trained_steps),
		stepsTotal:
			amount(measured.findLast((data) => amount(data.total_steps) !== null)?.total_steps) ?? amount(told.total_steps),
		events: events.filter((event) => event.type !== 'metrics').map((event) => toEvent(event)),
		points: events.flatMap(toPoints)
	};
}

/** The provider's reason; of a server that anybody can name, only that it failed. */
function problemOf(job: FineTuningJob, server: Server): string | null {
	if (job.status !== 'failed') return null;
	return (server.quote && job.error?.message) || 'The server ended the training without a reason that can be shown.';
}

const dataOf = (event: FineTuningJobEvent) => (event.data ?? {}) as Record<string, unknown>;

const toEvent = (event: FineTuningJobEvent): TrainingEvent => ({
	at: new Date(event.created_at * 1_000),
	level: event.level === 'warn' ? 'warning' : event.level === 'error' ? 'error' : 'info',
	kind: event.type ?? 'message',
	message: event.message
});

function toPoints(event: FineTuningJobEvent): TrainingPoint[] {
	if (event.type !== 'metrics') return [];
	const data = dataOf(event);
	const step = amount(data.step);
	if (step === null) return [];
	const at = new Date(event.created_at * 1_000);
	const losses = [
		['train', amount(data.train_loss)],
		['validation', amount(data.full_valid_loss) ?? amount(data.valid_loss)]
	] as const;
	return losses.flatMap(([series, loss]) => (loss === null ? [] : [{ series, step, loss, at }]));
}

/** Stops a job. One that is over already stays as it is. */
export async function cancelJob(access: Access, server: Server, jobId: string): Promise<void> {
	const { jobs } = clientOf(access).fineTuning;
	try {
		await ask(access, server, (options) => jobs.cancel(jobId, options));
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.kind !== 'refused') throw problem;
		const { status } = await ask(access, server, (options) => jobs.retrieve(jobId, options));
		if (!['ready', 'failed', 'cancelled'].includes(statusOf(status))) throw problem;
	}
}
