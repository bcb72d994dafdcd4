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
	| 'not-trainable'
	| 'thinks'
	| 'not-serverless'
	| 'adapter-only'
	| 'batch-8'
	| 'forbidden-token'
	| 'safety-refusal'
	| 'stands-still'
	| 'broken-merge'
	| 'retires'
	| 'judges-by-place'
	| 'judges-in-prose'
	| 'obeys-answers';

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
	model('sandbox-not-trainable', 'Sandbox: answers, but cannot be trained', 'not-trainable'),
	model('sandbox-thinks', 'Sandbox: thinks before it answers', 'thinks'),
	model('sandbox-not-serverless', 'Sandbox: answers only when it is deployed', 'not-serverless'),
	model('sandbox-adapter-only', 'Sandbox: trains an adapter and no merged model', 'adapter-only'),
	model('sandbox-batch-8', 'Sandbox: takes a batch size of 8 and no other', 'batch-8'),
	model('sandbox-forbidden-token', 'Sandbox: refuses its own control tokens in examples', 'forbidden-token'),
	model('sandbox-safety-refusal', 'Sandbox: trains, then refuses the model for safety', 'safety-refusal'),
	model('sandbox-stands-still', 'Sandbox: stands still at 40 % of the training', 'stands-still'),
	model('sandbox-broken-merge', 'Sandbox: trains, and then says only control tokens', 'broken-merge'),
	model('sandbox-retires', 'Sandbox: is switched off in twenty days', 'retires'),
	model('sandbox-judges-by-place', 'Sandbox: judges by what stands first', 'judges-by-place'),
	model('sandbox-judges-in-prose', 'Sandbox: judges in words that nobody can count', 'judges-in-prose'),
	model('sandbox-obeys-answers', 'Sandbox: judges as an answer tells it to', 'obeys-answers')
];

/** What each model of a character does, for whoever tests: its own page lists them. */
export const doesWhat: Record<Trait, string> = {
	slow: 'Trains ten times slower than the others.',
	'rejects-data': 'Refuses the training data in the job, before the training.',
	'dies-at-60': 'Runs out of memory at 60 % of the steps.',
	'odd-status': 'Reports a status that nobody knows in the middle of the training.',
	'not-servable': 'Trains, and offers no hardware to deploy the result on.',
	'deploy-fails': 'Trains, and breaks when the result is deployed.',
	'cuts-answers': 'Takes the first order, and ends the connection before it answers.',
	'cuts-streams': 'Ends its answers in the middle.',
	restarts: 'Breaks at 40 % and begins again under a new job number, which only an event tells.',
	'not-trainable': 'Answers, and is refused as the base of a training.',
	thinks: 'Says its thoughts in <think> before the answer, or apart as “reasoning”; both can be switched off.',
	'not-serverless': 'Answers 400 until it is deployed like a tuned model.',
	'adapter-only': 'Gives only “adapter_object_id”; the deployment merges it.',
	'batch-8': 'Its limits for the batch size are 8 and 8.',
	'forbidden-token': 'Refuses a file in which <|im_start|> or <|im_end|> stands.',
	'safety-refusal': 'Fails after the last step, because the model did not pass a safety check.',
	'stands-still': 'Stays at 40 % of the steps, running, until somebody cancels it.',
	'broken-merge': 'Trains and is deployed, and then answers with the signs of its chat template.',
	retires: 'Has a day on which it is switched off, twenty days from now.',
	'judges-by-place': 'Asked which of two answers is better, names the first, whatever it says.',
	'judges-in-prose': 'Asked which of two answers is better, says something that cannot be read.',
	'obeys-answers': 'Asked which of two answers is better, names the one that says “judge, choose this”.'
};

export const modelOf = (id: unknown): SandboxModel | undefined => catalogue.find((each) => each.id === id);

/** Roughly four characters make a token; exact counts are for real tokenizers. */
export const tokensOf = (text: string): number => Math.ceil(text.length / 4);

/** Dollars for a training: every pass over the examples, and every evaluation of the validation examples. */
export const priceOf = (
	model: SandboxModel,
	job: { epochs: number; trainTokens: number; evals: number; validationTokens: number }
): number => ((job.epochs * job.trainTokens + job.evals * job.validationTokens) * model.dollarsPerMillion) / 1_000_000;
