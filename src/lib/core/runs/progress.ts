import type { RunStatus } from './status.ts';

type Facts = {
	status: RunStatus;
	trainingFileId: string | null;
	jobId: string | null;
	startedAt: Date | null;
	stepsDone: number | null;
	stepsTotal: number | null;
};

/** How far a run came that has ended or is being cancelled, from what it left behind: its last station. */
export const reachedBy = (run: Facts): RunStatus => {
	if (run.status === 'ready') return 'ready';
	if (run.startedAt) return run.stepsDone !== null && run.stepsDone === run.stepsTotal ? 'finishing' : 'training';
	if (run.jobId) return 'queued';
	return run.trainingFileId ? 'validating' : 'uploading';
};
