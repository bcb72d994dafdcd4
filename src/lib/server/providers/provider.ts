import type { ProviderId } from '../../contract/providers.ts';
import type { EnteredPrices } from '../../core/connections/prices.ts';
import type { Message } from '../../core/examples/example.ts';
import type { Method } from '../../core/runs/method.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { RunStatus } from '../../core/runs/status.ts';
import type { AnswerPrice } from '../../core/servings/answer-price.ts';
import type { Deployment } from '../../core/servings/serving.ts';

export type { Deployment };

export { type ProviderId, providerIds } from '../../contract/providers.ts';

/** An opened connection: which provider, where, and the decrypted key. Lives only inside one call. */
export type Access = {
	provider: ProviderId;
	/** For `openai-compatible` and the sandbox. The others go where their SDK goes, unless a test sends them elsewhere. */
	baseUrl?: string;
	key: string;
	/** What an owner has said its models cost. */
	prices?: EnteredPrices;
	/** Ends the call early: shutdown, or a person who pressed stop. */
	signal?: AbortSignal;
};

/** What a provider accepts for one model, least and most; checked before an order is placed. */
export type TrainingLimits = Partial<
	Record<'epochs' | 'batchSize' | 'learningRate' | 'loraRank', [least: number, most: number]>
>;

/** A model that can be used, and whether and how it can be trained and called. Prices in US cents. */
export type BaseModel = {
	id: string;
	name: string;
	trainable: boolean;
	/** Whether a fine-tune of it can be called afterwards. `null`: only known once asked for that model. */
	servable: boolean | null;
	contextTokens: number | null;
	/** Cents per million training tokens, where that is known. */
	trainingCentsPerMillion: number | null;
	/** The same with preferences, where it is another price. */
	preferencesCentsPerMillion?: number | null;
	/** What a training costs at least. */
	minimumCents?: number;
	/** Where the price is from, and of which day; null: from the provider, now. */
	priceNote?: string | null;
	/** What an answer costs, where the provider publishes it. */
	answerPrice?: AnswerPrice | null;
	recommended: boolean;
	/** How it can be trained, where that differs from model to model. */
	methods?: readonly Method[];
	/** Thinks before it answers, unless it is told not to. */
	thinks?: boolean;
	/** Whether it answers without being deployed first. Missing: the provider does not say. */
	answersAtOnce?: boolean;
	/** Of one that does not, and only from a question about it: what an hour of it costs. null: it cannot be deployed, or has no price. */
	deployedCentsPerHour?: number | null;
	/** The last day on which it can be used, `YYYY-MM-DD`. */
	until?: string | null;
	/** What a person should know of its training or serving, a sentence. */
	note?: string | null;
	/** Only from a question about this model, and only where the provider tells. */
	limits?: TrainingLimits | null;
	/** What is otherwise in a training with preferences. */
	withPreferences?: { contextTokens: number | null; limits: TrainingLimits };
};

/** What `check` found out about a key. `ok: false` carries a whole sentence for the person. */
export type ConnectionCheck =
	| { ok: true; models: number; training: 'open' | 'closed' | 'unknown'; note?: string }
	| { ok: false; reason: string };

/** A large one is a blob that lies on the disk. */
export type TrainingFile = { name: string; body: string | Blob; purpose: 'train' | 'validation' };

export type TrainingOrder = {
	/** Ours, unique, at most 40 characters: the name by which a lost job is found again. */
	mark: string;
	model: string;
	method: Method;
	trainingFileId: string;
	validationFileId: string | null;
	recipe: Recipe;
	seed: number;
};

/** What tells an order from others without its mark: the file that was sent for it, and since when it can have been ordered. */
export type Ordered = { trainingFileId: string | null; since: Date | null };

export type TrainingPoint = { series: 'train' | 'validation'; step: number; loss: number; at: Date };
export type TrainingEvent = {
	at: Date;
	level: 'info' | 'warning' | 'error';
	kind: string;
	message: string;
	step?: number;
};

/** What the provider says of one job now. A getter only looks: nothing is saved here. */
export type JobReport = {
	/** In case the provider restarted the job under a new id. */
	jobId: string;
	status: RunStatus | 'unrecognised';
	/** The provider's own word, verbatim. */
	providerStatus: string;
	/** What to call once it is ready (OpenAI), or the name the provider gave it (Together). */
	model: string | null;
	/** Together's `ml_…`: what has to be deployed. */
	modelObject: string | null;
	/** The reason, in the provider's words, when it failed. */
	problem: string | null;
	trainedTokens: number | null;
	costCents: number | null;
	stepsDone: number | null;
	stepsTotal: number | null;
	events: TrainingEvent[];
	points: TrainingPoint[];
};

/** The first rows of a training file as the provider's own tokenizer counts them; of one that is cut, what is left of it. */
export type CountedRows = { contextTokens: number; rows: { tokens: number; isCut: boolean }[] };

export type CostEstimate = { cents: number; trainTokens: number | null; allowed: boolean; basis: string };

/** What is deployed: a tuned model, or the base it was tuned from as it is, on hardware like that of the tuned one where there is some. */
export type Weights = { modelObject: string; base?: string | null };

/** A deployment as the provider lists it. */
export type Deployed = {
	deployment: Deployment;
	/** Under which it was started. */
	mark: string;
	createdAt: Date | null;
	/** It has stopped, and only its name is left: nothing of it is billed. */
	isStopped: boolean;
};

export type DeploymentState = 'starting' | 'ready' | 'stopping' | 'stopped' | 'failed';

export type ChatRequest = {
	model: string;
	messages: Message[];
	temperature: number;
	maxTokens: number;
	seed?: number;
	/** Whether it is to think first. Only for a model that can be told (`BaseModel.thinks`), or one that was tuned from it. */
	thinking?: boolean;
};
export type Completion = {
	text: string;
	/** What the model thought, where that comes apart from what it says. In `<think>` it stands at the beginning of the text. */
	reasoning?: string;
	/** `null`: the stream ended before the model did; the text is a part. */
	finishReason: string | null;
	promptTokens: number | null;
	completionTokens: number | null;
};

/**
 * A place that trains and runs models. It translates; it never reads or writes our database, and it never retries
 * anything that creates. Every failure leaves as a `ProviderError`.
 */
export interface Provider {
	readonly id: ProviderId;
	readonly name: string;
	/** Whether a tuned model must be deployed, by the minute, before it answers. */
	readonly servesTunedModels: 'at-once' | 'after-deploy';
	check(access: Access): Promise<ConnectionCheck>;
	models(access: Access): Promise<BaseModel[]>;
	/** One model with what only a question about it reveals: trainable, servable, context. `null`: no such model. */
	model(access: Access, id: string): Promise<BaseModel | null>;
	/** `null` when the provider has no estimate of its own. */
	estimate(access: Access, order: Omit<TrainingOrder, 'mark'>): Promise<CostEstimate | null>;
	/** Sends the file and waits until the provider has accepted it. A refused file is a final `ProviderError` with the reason. */
	upload(access: Access, file: TrainingFile): Promise<{ fileId: string }>;
	/** Counts the first rows of a file that it has, before anything is ordered. `null` when it counts none, or not for this method. */
	count(
		access: Access,
		order: Pick<TrainingOrder, 'model' | 'method' | 'trainingFileId'>,
		most: number
	): Promise<CountedRows | null>;
	/** Places one order, once: the SDK's own retries are off. A lost answer is a `ProviderError` with `lost: true`. */
	submit(access: Access, order: TrainingOrder): Promise<{ jobId: string }>;
	/** The jobs that carry our mark, oldest first: how a lost answer is found again. `order` tells them where no mark is kept. */
	find(access: Access, mark: string, order?: Ordered): Promise<{ jobId: string }[]>;
	report(access: Access, jobId: string): Promise<JobReport>;
	cancel(access: Access, jobId: string): Promise<void>;
	/** Whether weights can be deployed, and their price. Only for `after-deploy`. */
	deployable(access: Access, weights: Weights): Promise<{ ok: boolean; centsPerHour: number | null; reason?: string }>;
	/** Starts one deployment under our mark; finds it first, so that calling twice starts one. */
	deploy(access: Access, weights: Weights, mark: string): Promise<Deployment>;
	/** What runs at the provider under a mark of ours, whoever's it is. Nothing for `at-once`. */
	deployed(access: Access): Promise<Deployed[]>;
	deploymentState(access: Access, deployment: Deployment): Promise<DeploymentState>;
	/** Stops and removes it. Safe to call again until the state is `stopped`. */
	stop(access: Access, deployment: Deployment): Promise<void>;
	/** One answer. `onText` gets it piece by piece, `onThought` what the model thinks before. A cut stream resolves with `finishReason: null`. */
	chat(
		access: Access,
		request: ChatRequest,
		onText?: (piece: string) => void,
		onThought?: (piece: string) => void
	): Promise<Completion>;
}
