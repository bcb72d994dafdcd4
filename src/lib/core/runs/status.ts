/** The stations of one fine-tune. `unknown` is the moment after a lost answer, until the provider's list says what happened. */
export const runStatuses = [
	'draft',
	'uploading',
	'submitting',
	'unknown',
	'validating',
	'queued',
	'training',
	'finishing',
	'cancelling',
	'ready',
	'failed',
	'cancelled'
] as const;
export type RunStatus = (typeof runStatuses)[number];

const rank = {
	draft: 0,
	uploading: 1,
	submitting: 2,
	unknown: 2,
	validating: 3,
	queued: 4,
	training: 5,
	finishing: 6,
	cancelling: 7,
	ready: 8,
	failed: 8,
	cancelled: 8
} satisfies Record<RunStatus, number>;

/** A status never moves backwards, and an end is final: late and out-of-order reports change nothing (PR9 in server/providers/README.md). */
export const afterReport = (run: { status: RunStatus }, report: { status: RunStatus | 'unrecognised' }): RunStatus =>
	report.status !== 'unrecognised' && rank[report.status] > rank[run.status] ? report.status : run.status;

const allowed = {
	cancel: ['uploading', 'submitting', 'unknown', 'validating', 'queued', 'training', 'finishing'],
	submit: ['uploading', 'submitting', 'unknown'],
	follow: ['validating', 'queued', 'training', 'finishing', 'cancelling'],
	evaluate: ['ready'],
	rerun: ['ready', 'failed', 'cancelled']
} as const satisfies Record<string, readonly RunStatus[]>;

const can = (act: keyof typeof allowed) => (run: { status: RunStatus }) =>
	(allowed[act] as readonly RunStatus[]).includes(run.status);

export const runCan = {
	cancel: can('cancel'),
	submit: can('submit'),
	follow: can('follow'),
	evaluate: can('evaluate'),
	rerun: can('rerun')
};

export const isOver = (run: { status: RunStatus }) => rank[run.status] === rank.ready;
