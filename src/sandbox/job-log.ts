import { type Job, type Standing, isOver, momentOf, standingOf, standstill, trainingStart } from './timeline.ts';

export type LogEntry = {
	atMs: number;
	level: 'info' | 'warning' | 'error';
	/** Together's word for it. */
	type: string;
	message: string;
	step?: number;
};

/** What happened to a job until a moment, oldest first. Like the standing, it follows from the clock alone. */
export function jobLog(job: Job, nowMs: number): LogEntry[] {
	const now = standingOf(job, nowMs);
	const start = trainingStart(job);
	const queued = job.createdAtMs + job.stageMs.pending;
	const last = job.cancelledAtMs ?? Infinity;
	const planned: LogEntry[] = [
		{ atMs: job.createdAtMs, level: 'info', type: 'job_pending', message: 'The job was accepted.' },
		{ atMs: queued, level: 'info', type: 'job_start', message: 'The job has a place in the queue.' }
	];
	if (!job.refusal) {
		planned.push(
			{ atMs: queued, level: 'info', type: 'training_data_downloading', message: 'The training data is being read.' },
			{ atMs: start, level: 'info', type: 'training_data_download_complete', message: 'The training data was read.' },
			{ atMs: start, level: 'info', type: 'training_start', message: `Training started: ${job.steps} steps.` },
			...epochs(job),
			{
				atMs: momentOf(job, 1),
				level: 'info',
				type: 'training_complete',
				message: 'Training is done.',
				step: job.steps
			},
			{ atMs: momentOf(job, 1), level: 'info', type: 'model_compressing', message: 'The model is being packed.' },
			{
				atMs: momentOf(job, 1) + job.stageMs.compressing,
				level: 'info',
				type: 'model_uploading',
				message: 'The model is being stored.'
			}
		);
	}
	const untilMs = Math.min(nowMs, now.endedAtMs ?? Infinity, last, standstill(job), job.pausedAtMs ?? Infinity);
	const learned = job.waitedMs !== null || job.refusal !== null;
	const happened = planned.filter((each) => each.atMs <= untilMs && (learned || each.atMs <= queued));
	return [...happened, ...ending(job, now, nowMs)];
}

const epochs = (job: Job): LogEntry[] =>
	Array.from({ length: job.epochs }, (_, at) => ({
		atMs: momentOf(job, (at + 1) / job.epochs),
		level: 'info' as const,
		type: 'epoch_complete',
		message: `Epoch ${at + 1} of ${job.epochs} is done.`,
		step: Math.round(((at + 1) * job.steps) / job.epochs)
	}));

function ending(job: Job, now: Standing, nowMs: number): LogEntry[] {
	const atMs = now.endedAtMs ?? nowMs;
	const list: LogEntry[] = [];
	if (job.cancelledAtMs !== null && (now.word === 'cancel_requested' || now.word === 'cancelled')) {
		const message = 'The job was asked to stop.';
		list.push({ atMs: job.cancelledAtMs, level: 'warning', type: 'cancel_requested', message });
	}
	if (!isOver(now)) return list;
	const end = (level: LogEntry['level'], type: string, message: string) => [...list, { atMs, level, type, message }];
	if (now.word === 'cancelled') return end('warning', 'job_stopped', 'The job was stopped.');
	if (now.word === 'completed') return end('info', 'job_complete', 'The model is ready.');
	if (job.refusal) return end('error', 'job_error', job.refusal);
	if (job.successor) return end('warning', 'job_restarted', `A machine failed; the job goes on as ${job.successor}.`);
	if (job.trait === 'safety-refusal')
		return end('error', 'job_error', 'The model did not pass the safety evaluation and is not released.');
	return end('error', 'job_error', 'The training machine ran out of memory at 60 % of the steps.');
}
