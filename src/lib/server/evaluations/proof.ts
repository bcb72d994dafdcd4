import { and, asc, eq } from 'drizzle-orm';
import { proofProblem, proofPrompts } from '../../core/evaluations/proof.ts';
import { AppError } from '../../core/errors.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { examples, runExamples } from '../platform/db/schema.ts';
import { type Patience, answerAll } from '../providers/answering.ts';
import type { ChatRequest, Completion } from '../providers/provider.ts';
import { promptFor } from './asked.ts';
import type { Evaluation } from './evaluation.ts';

/** A step: the first prompts of a run's training file, as they were trained. */
const trainedOn = async (tx: Tx, runId: string, systemPrompt: string) => {
	const rows = await tx
		.select({ messages: examples.messages })
		.from(runExamples)
		.innerJoin(examples, eq(examples.id, runExamples.exampleId))
		.where(and(eq(runExamples.runId, runId), eq(runExamples.kind, 'train')))
		.orderBy(asc(examples.number))
		.limit(proofPrompts);
	return rows.map(({ messages }) => promptFor(messages, systemPrompt));
};

type Asked = {
	runId: string;
	/** The base of that run is asked, which has learnt nothing of them. */
	ofBase: boolean;
	ask: (request: Omit<ChatRequest, 'model'>, stop: AbortSignal) => Promise<Completion>;
	signal: AbortSignal;
	patience: Patience;
};

/** Asks a model that has just been deployed what it, or the model it is compared with, must know. Throws *conflict* when it does not talk; nothing of it is kept. */
export const proveDeployed = async (
	scope: Scope,
	{ temperature, maxTokens, seed, systemPrompt }: Evaluation,
	{ runId, ofBase, ask, signal, patience }: Asked
): Promise<void> => {
	const prompts = await scope.tx((tx) => trainedOn(tx, runId, systemPrompt));
	const said: string[] = [];
	await answerAll(
		prompts,
		(messages, stop) => ask({ messages, temperature, maxTokens, seed }, stop),
		async (_, { text }) => void said.push(text),
		{ signal, patience }
	);
	const problem = proofProblem(said, ofBase);
	if (problem !== null) throw new AppError('conflict', problem);
};
