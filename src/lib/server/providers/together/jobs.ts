import type { FinetuneEvent, FinetuneResponse } from 'together-ai/resources/fine-tuning';
import type { RunStatus } from '../../../core/runs/status.ts';
import { type Place, ask, orNull } from '../call.ts';
import type { Access, JobReport, TrainingEvent, TrainingPoint } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { clientsOf } from './client.ts';
import { listIn, numbered } from '../unreadable.ts';

/** Together's words for a job. An unknown one is no failure: it is kept as it is. */
const words = {
	pending: 'queued',
	queued: 'queued',
	running: 'training',
	compressing: 'finishing',
	uploading: 'finishing',
	completed: 'ready',
	error: 'failed',
	user_error: 'failed',
	cancel_requested: 'cancelling',
	cancelled: 'cancelled'
} as const satisfies Record<string, RunStatus>;

export const statusOf = (word: string): RunStatus | 'unrecognised' =>
	Object.hasOwn(words, word) ? words[word as keyof typeof words] : 'unrecognised';

const over = new Set<string>(['ready', 'failed', 'cancelled']);
const mostRestarts = 5;
const billionthsPerCent = 1e7; // a price is told in billionths of a dollar (README.md)

/** The jobs with our mark, oldest first. A job that goes on in place of another is that other one. */
export async function findJobs(access: Access, place: Place, mark: string): Promise<{ jobId: string }[]> {
	const data = await ask(access, place, async (options) =>
		listIn(await clientsOf(access).v1.fineTuning.list(options), place)
	);
	const ours = data
		.filter((job) => job.suffix === mark || job.model_output_name?.includes(mark))
		.sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
	if (ours.length < 2) return ours.map((job) => ({ jobId: job.id }));
	const next = await Promise.all(
		ours.map(async (job) => successorIn((await eventsOf(access, place, job.id)) ?? [], job.id))
	);
	return ours.filter((job) => !next.includes(job.id)).map((job) => ({ jobId: job.id }));
}

/** What stands beside a job hides nothing of it: null where it cannot be had now. A refused key concerns the job as well. */
const beside = async <T>(work: Promise<T>): Promise<T | null> => {
	try {
		return await work;
	} catch (problem) {
		if (problem instanceof ProviderError && problem.kind !== 'key') return null;
		throw problem;
	}
};

/** None where the provider has none of this job; null where it does not tell them now. */
const eventsOf = async (access: Access, place: Place, id: string): Promise<FinetuneEvent[] | null> => {
	const events = await beside(
		orNull(
			ask(access, place, async (options) =>
				listIn(await clientsOf(access).v1.fineTuning.listEvents(id, options), place)
			)
		).then((known) => known ?? [])
	);
	return events && events.filter((event) => event !== null);
};

/** After an error of its own Together may begin again under a new number, which only an event tells. */
function successorIn(events: FinetuneEvent[], id: string): string | null {
	const restart = events.findLast((event) => event.type === 'job_restarted');
	return (
		JSON.stringify(restart ?? '')
			.match(/\bft-[\w-]+/g)
			?.find((each) => each !== id) ?? null
	);
}

/** Where a job stands, with its events and losses; of a job that was restarted, the one that goes on. */
export async function reportJob(access: Access, place: Place, jobId: string): Promise<JobReport> {
	const { v1 } = clientsOf(access);
	let id = jobId;
	const earlier: FinetuneEvent[] = [];
	const read = (number: string) =>
		ask(access, place, async (options) => numbered(await v1.fineTuning.retrieve(number, options), place));
	let job = await read(id);
	for (let restarts = 0; ; restarts++) {
		// asked after it: nobody looks again at a job that is over, and what it said last belongs to it
		const events = await eventsOf(access, place, id);
		const next = events && restarts < mostRestarts ? successorIn(events, id) : null;
		const following = next === null ? null : await orNull(read(next));
		if (next === null || following === null) {
			if (mayGoOn(job) && (events === null || next !== null)) throw stillUnclear(place, next);
			const points = await pointsOf(access, place, id);
			const isWhole = events !== null && points !== null;
			return toReport(job, [...earlier, ...(events ?? [])], points ?? [], isWhole);
		}
		earlier.push(...events!);
		id = next;
		job = following;
	}
}

/** What ended so long ago does not go on under another number any more. */
const settledMs = 10 * 60_000;

/** A job that broke may go on under another number, which is billed: while that is not certain, it has not failed. */
const mayGoOn = (job: FinetuneResponse) =>
	statusOf(job.status) === 'failed' && Date.now() - Date.parse(job.updated_at ?? '') < settledMs;

const stillUnclear = ({ name }: Place, next: string | null) =>
	new ProviderError(
		'down',
		next === null
			? `${name} ended the job and does not say at the moment whether it goes on under another number.`
			: `${name} says that the job goes on as ${next}, and does not know that number yet.`
	);

type Row = Record<string, unknown>;
const amount = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

async function pointsOf(access: Access, place: Place, id: string): Promise<TrainingPoint[] | null> {
	const asked = ask(access, place, (options) => clientsOf(access).v1.fineTuning.listMetrics(id, {}, options));
	const answer = await beside(orNull(asked).then((known) => known ?? { metrics: [] }));
	if (answer === null) return null;
	const rows = (Array.isArray(answer?.metrics) ? answer.metrics : []) as unknown as (Row | null)[];
	return rows
		.filter((row) => row !== null)
		.flatMap((row) =>
			(
				[
					['train', 'train'],
					['eval', 'validation']
				] as const
			).flatMap(([side, series]): TrainingPoint[] => {
				const loss = amount(row[`${side}/loss`]);
				const step = amount(row[`${side}/global_step`]) ?? amount(row['train/global_step']);
				if (loss === null || step === null) return [];
				return [{ series, step, loss, at: new Date((amount(row.timestamp) ?? 0) / 1_000_000) }]; // nanoseconds
			})
		);
}

const toEvent = (event: FinetuneEvent): TrainingEvent => ({
	at: new Date(event.created_at),
	level: /error$/.test(event.level ?? '') ? 'error' : /warning$/.test(event.level ?? '') ? 'warning' : 'info',
	kind: event.type,
	message: event.message,
	...(event.step ? { step: event.step } : {})
});

/** Nobody looks again at a job that is over: what was not told by then stays missing, and the person reads so. */
const missing = (job: FinetuneResponse): TrainingEvent => ({
	at: new Date(job.updated_at ?? job.created_at ?? 0),
	level: 'warning',
	kind: 'aitelier.incomplete',
	message: 'The provider did not tell all of the log and the losses of this job when it ended.'
});

function toReport(
	job: FinetuneResponse,
	events: FinetuneEvent[],
	points: TrainingPoint[],
	isWhole: boolean
): JobReport {
	const status = statusOf(job.status);
	const steps = [...events.map((event) => event.step ?? 0), ...points.map((point) => point.step)];
	const told = job as { steps_completed?: unknown; total_steps?: unknown }; // documented, not in the types
	const total = amount(told.total_steps) ?? events.findLast((event) => event.total_steps)?.total_steps ?? null;
	const why =
		status === 'failed'
			? events.findLast((event) => event.type === 'job_error' || event.type === 'billing_limit')
			: undefined;
	return {
		jobId: job.id,
		status,
		providerStatus: job.status,
		model: job.model_output_name || null,
		// of an adapter alone the deployment makes a whole model
		modelObject: job.model_object_id || job.adapter_object_id || null,
		problem: why?.message ?? null,
		trainedTokens: job.token_count ? job.token_count * (job.n_epochs ?? 1) : null,
		costCents:
			over.has(status) && typeof job.total_price === 'number'
				? Math.ceil(job.total_price / billionthsPerCent - 1e-6)
				: null,
		stepsDone: amount(told.steps_completed) ?? Math.max(0, ...steps),
		stepsTotal: total,
		events: [...events.map(toEvent), ...(over.has(status) && !isWhole ? [missing(job)] : [])],
		points
	};
}

/** Stops a job. One that is over already stays as it is. */
export async function cancelJob(access: Access, place: Place, id: string): Promise<void> {
	const { v1 } = clientsOf(access);
	try {
		await ask(access, place, (options) => v1.fineTuning.cancel(id, options));
	} catch (problem) {
		if (!(problem instanceof ProviderError) || problem.kind !== 'refused') throw problem;
		const job = await ask(access, place, (options) => v1.fineTuning.retrieve(id, options));
		if (!over.has(statusOf(job.status)) && job.status !== 'cancel_requested') throw problem;
	}
}
