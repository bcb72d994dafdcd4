import { jobLog } from './job-log.ts';
import { isReady, jobOf, measuredOf } from './jobs.ts';
import { tunedName } from './openai-jobs.ts';
import { isOver, standingOf } from './timeline.ts';
import { seconds } from './values.ts';
import { type Call, type Reply, pageOf } from './wire.ts';

/** What can be read about a job besides the job itself. */
export const openaiEvents = {
	/** Newest first, with a metrics event for every loss. */
	async list(call: Call): Promise<Reply> {
		const job = jobOf(call, 'openai');
		const told = jobLog(job, call.sandbox.now()).map((each) => ({
			atMs: each.atMs,
			level: each.level === 'warning' ? 'warn' : each.level,
			type: 'message',
			message: each.message,
			data: {}
		}));
		const measured = (await measuredOf(call, job)).map(({ atMs, series, step, loss }) => ({
			atMs,
			level: 'info',
			type: 'metrics',
			message: `Step ${step}/${job.steps}: ${series} loss=${loss.toFixed(2)}`,
			data: { step, total_steps: job.steps, [series === 'train' ? 'train_loss' : 'valid_loss']: loss }
		}));
		const events = [...told, ...measured]
			.sort((a, b) => a.atMs - b.atMs)
			.map(({ atMs, ...event }, at) => ({
				object: 'fine_tuning.job.event',
				id: `ftevent-${job.id.slice(6)}-${at}`,
				created_at: seconds(atMs),
				...event
			}));
		const { data, more } = pageOf(call, events.reverse(), 20);
		return { json: { object: 'list', data, has_more: more } };
	},

	async checkpoints(call: Call): Promise<Reply> {
		const job = jobOf(call, 'openai');
		const standing = standingOf(job, call.sandbox.now());
		const last = (await measuredOf(call, job)).findLast((point) => point.series === 'train');
		const data =
			isOver(standing) && isReady(call, job)
				? [
						{
							object: 'fine_tuning.job.checkpoint',
							id: `ftckpt-${job.id.slice(6)}`,
							created_at: seconds(standing.endedAtMs!),
							fine_tuned_model_checkpoint: `${tunedName(job)}:ckpt-step-${job.steps}`,
							fine_tuning_job_id: job.id,
							step_number: job.steps,
							metrics: { step: job.steps, train_loss: last?.loss }
						}
					]
				: [];
		return { json: { object: 'list', data, has_more: false } };
	}
};
