import type { SandboxModel, Trait } from './catalogue.ts';

export const stages = ['pending', 'queued', 'running', 'compressing', 'uploading'] as const;
export type Stage = (typeof stages)[number];

/** One training. Where it stands is never stored: it follows from the clock, so it also goes on while we are away. */
export type Job = {
	id: string;
	wire: 'together' | 'openai';
	model: string;
	trait: Trait | null;
	/** The request as it came, for the fields that are only given back. */
	sent: Record<string, unknown>;
	trainingFile: string;
	validationFile: string | null;
	suffix: string | null;
	metadata: Record<string, unknown>;
	epochs: number;
	batch: number;
	steps: number;
	evals: number;
	learningRate: number;
	warmupRatio: number;
	/** How close a training with preferences stays to the base model; null, or missing in jobs of an earlier state: with examples. */
	beta?: number | null;
	seed: number;
	trainTokens: number;
	validationTokens: number;
	dollars: number;
	createdAtMs: number;
	stageMs: Record<Stage, number>;
	/** How long the training had to wait for the real learning; `null` until that is done. */
	waitedMs: number | null;
	cancelledAtMs: number | null;
	/** Since when somebody lets it rest. */
	pausedAtMs?: number | null;
	/** Why it will fail while the data is looked at. */
	refusal: string | null;
	/** The job that goes on in its place (`sandbox-restarts`). */
	successor: string | null;
};

export type Ending = 'completed' | 'error' | 'cancelled';
export type Standing = {
	/** Together's word for it. */
	word: Stage | Ending | 'cancel_requested' | 'defragmenting' | 'paused';
	/** How much of the training is done, 0 to 1. */
	share: number;
	endedAtMs: number | null;
};

const dieAt = 0.6;
const restartAt = 0.4;
const standsStillAt = 0.4;

/** About 12 seconds for a small job; larger ones take longer, up to a minute and a half. */
export function stageTimes(model: SandboxModel, trainedTokens: number, speed: number): Record<Stage, number> {
	// what nobody knows lasts long enough to be met
	const slower = (model.trait === 'slow' ? 10 : model.trait === 'odd-status' ? 4 : 1) / speed;
	const running = Math.min(90_000, 7_000 + trainedTokens / 20);
	return {
		pending: 800 * slower,
		queued: 1_500 * slower,
		running: running * slower,
		compressing: 1_200 * slower,
		uploading: 1_200 * slower
	};
}

export const trainingStart = (job: Job) =>
	job.createdAtMs + job.stageMs.pending + job.stageMs.queued + (job.waitedMs ?? 0);

/** When a share of the training is done. */
export const momentOf = (job: Job, share: number) => trainingStart(job) + share * job.stageMs.running;

const lastMoment = (job: Job) => momentOf(job, 1) + job.stageMs.compressing + job.stageMs.uploading;

/** When the job ends without anybody's doing. */
function naturalEnd(job: Job): { word: Ending; atMs: number; share: number } {
	if (job.refusal) return { word: 'error', atMs: job.createdAtMs + job.stageMs.pending, share: 0 };
	if (job.trait === 'dies-at-60') return { word: 'error', atMs: momentOf(job, dieAt), share: dieAt };
	if (job.successor) return { word: 'error', atMs: momentOf(job, restartAt), share: restartAt };
	if (job.trait === 'safety-refusal') return { word: 'error', atMs: lastMoment(job), share: 1 };
	if (job.trait === 'stands-still') return { word: 'completed', atMs: Infinity, share: 1 };
	return { word: 'completed', atMs: lastMoment(job), share: 1 };
}

/** From when on a job does not move any more. */
export const standstill = (job: Job) => (job.trait === 'stands-still' ? momentOf(job, standsStillAt) : Infinity);

/** When `sandbox-restarts` begins again, if the learning does not delay it. */
export const restartMoment = (job: Job) => momentOf(job, restartAt);

/** Where a job stands at a moment. */
export function standingOf(job: Job, nowMs: number): Standing {
	const { cancelledAtMs } = job;
	if (cancelledAtMs !== null && nowMs >= cancelledAtMs) {
		const before = standingOf({ ...job, cancelledAtMs: null }, cancelledAtMs);
		if (before.endedAtMs !== null) return before;
		const endMs = cancelledAtMs + job.stageMs.pending;
		if (nowMs < endMs) return { word: 'cancel_requested', share: before.share, endedAtMs: null };
		return { word: 'cancelled', share: before.share, endedAtMs: endMs };
	}

	if (job.pausedAtMs != null && nowMs >= job.pausedAtMs)
		return { ...standingOf({ ...job, pausedAtMs: null }, job.pausedAtMs), word: 'paused' };
	const learned = job.waitedMs !== null || job.refusal !== null;
	const end = naturalEnd(job);
	if (learned && nowMs >= end.atMs) return { word: end.word, share: end.share, endedAtMs: end.atMs };
	if (nowMs < job.createdAtMs + job.stageMs.pending) return { word: 'pending', share: 0, endedAtMs: null };
	if (!learned || nowMs < trainingStart(job)) return { word: 'queued', share: 0, endedAtMs: null };

	const most = job.trait === 'stands-still' ? standsStillAt : 1;
	const share = Math.min(most, (nowMs - trainingStart(job)) / job.stageMs.running);
	if (share < 1) {
		const odd = job.trait === 'odd-status' && share >= 0.3 && share < 0.9;
		return { word: odd ? 'defragmenting' : 'running', share, endedAtMs: null };
	}
	const uploading = nowMs >= momentOf(job, 1) + job.stageMs.compressing;
	return { word: uploading ? 'uploading' : 'compressing', share: 1, endedAtMs: null };
}

export const isOver = (standing: Standing) => standing.endedAtMs !== null;
