/** What goes wrong with a model, so that every failure can be tried by choosing its name. */
export type Trait =
	| 'slow'
	| 'rejects-data'
	| 'dies-at-60'
	| 'odd-status'
	| 'not-servable'
	| 'deploy-fails'
	| 'cuts-answers'
	| 'cuts-streams'
	| 'restarts'
	| 'not-trainable';

export type SandboxModel = {
	id: string;
	name: string;
	trait: Trait | null;
	trainable: boolean;
	recommended: boolean;
	contextTokens: number;
	/** About what Together asks for a model of this size; without its minimum of $4.00. */
	dollarsPerMillion: number;
	createdAtMs: number;
};

const since = Date.UTC(2026, 0, 1);

const model = (id: string, name: string, trait: Trait | null, more: Partial<SandboxModel> = {}): SandboxModel => ({
	id,
	name,
	trait,
	trainable: trait !== 'not-trainable',
	recommended: false,
	contextTokens: 32_768,
	dollarsPerMillion: 0.48,
	createdAtMs: since,
	...more
});

export const catalogue: readonly SandboxModel[] = [
	model('sandbox-small', 'Sandbox Small', null, { recommended: true }),
	model('sandbox-large', 'Sandbox Large', null, { contextTokens: 65_536, dollarsPerMillion: 1.5 }),
	model('sandbox-slow', 'Sandbox: trains ten times slower', 'slow'),
	model('sandbox-rejects-data', 'Sandbox: refuses the training data', 'rejects-data'),
	model('sandbox-dies-at-60', 'Sandbox: dies at 60 % of the training', 'dies-at-60'),
	model('sandbox-odd-status', 'Sandbox: reports a status nobody knows', 'odd-status'),
	model('sandbox-not-servable', 'Sandbox: trains, but cannot be deployed', 'not-servable'),
	model('sandbox-deploy-fails', 'Sandbox: trains, but breaks when it is deployed', 'deploy-fails'),
	model('sandbox-cuts-answers', 'Sandbox: takes the order, then cuts the line', 'cuts-answers'),
	model('sandbox-cuts-streams', 'Sandbox: cuts its answers in the middle', 'cuts-streams'),
	model('sandbox-restarts', 'Sandbox: starts the job again under a new number', 'restarts'),
	model('sandbox-not-trainable', 'Sandbox: answers, but cannot be trained', 'not-trainable')
];

export const modelOf = (id: unknown): SandboxModel | undefined => catalogue.find((each) => each.id === id);

/** Roughly four characters make a token; exact counts are for real tokenizers. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4);

/** Dollars for a training: every pass over the examples, and every evaluation of the validation examples. */
export const priceOf = (
	model: SandboxModel,
	job: { epochs: number; trainTokens: number; evals: number; validationTokens: number }
): number => ((job.epochs * job.trainTokens + job.evals * job.validationTokens) * model.dollarsPerMillion) / 1_000_000;
