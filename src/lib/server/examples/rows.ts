// Longer than most: what other features may know of examples, and of the choices that train beside them.
import { type SQL, and, asc, eq, gt, gte, isNull, sql } from 'drizzle-orm';
import type { ExampleRow } from '../../contract/examples.ts';
import { AppError } from '../../core/errors.ts';
import { type Message, promptOf, targetOf, withTarget } from '../../core/examples/example.ts';
import { contentText, exactText, promptText } from '../../core/examples/fingerprint.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import type { Tx } from '../access/scope.ts';
import { sha256Text } from '../platform/crypto.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { examples, playgroundPairs } from '../platform/db/schema.ts';

export type Example = typeof examples.$inferSelect;

/** So much of a content hash is of what is said, in whatever case and spacing; eight bytes behind it are of how it is written. */
export const saidBytes = 32;
const writtenBytes = 8;

const writtenHash = (text: string) => sha256Text(text).slice(0, writtenBytes);

/** The two hashes by which duplicates and leaks are found, with a character for each byte (latin1), and the size. */
export const digestsOf = (messages: Message[], rewrite: string | null) => {
	const prompt = promptText(messages);
	const last = messages.at(-1)!;
	return {
		content: sha256Text(contentText(messages, prompt)) + writtenHash(exactText(messages)),
		prompt: sha256Text(prompt),
		tokens: tokensOf(rewrite === null ? messages : [...messages.slice(0, -1), { ...last, content: rewrite }])
	};
};

/** The same, with the hashes as they are kept. */
export const factsOf = (messages: Message[], rewrite: string | null) => {
	const { content, prompt, tokens } = digestsOf(messages, rewrite);
	return { contentHash: Buffer.from(content, 'latin1'), promptHash: Buffer.from(prompt, 'latin1'), tokens };
};

/** The digest `content` of the same conversation without the project's system prompt; null where it does not begin with that. */
export const bareDigestOf = (messages: Message[], content: string, systemPrompt: string | null): string | null =>
	systemPrompt !== null && messages[0]?.role === 'system' && messages[0].content === systemPrompt
		? content.slice(0, saidBytes) + writtenHash(exactText(messages, systemPrompt))
		: null;

export const noExample = () => new AppError('not_found', 'There is no such example, or it is not yours to see.');

const findById = prepared((db) =>
	db
		.select()
		.from(examples)
		.where(
			and(
				eq(examples.projectId, sql.placeholder('projectId')),
				eq(examples.id, sql.placeholder('id')),
				isNull(examples.deletedAt)
			)
		)
		.prepare('example')
);

/** A step: the example of this project. Throws *not found*, also for a deleted one. */
export const exampleOf = async (tx: Tx, projectId: string, id: string): Promise<Example> => {
	const [found] = await findById(tx, { projectId, id });
	if (!found) throw noExample();
	return found;
};

/** A step: the example with the same conversation, if there is one. */
export const twinOf = async (tx: Tx, projectId: string, { promptHash, contentHash }: ReturnType<typeof factsOf>) => {
	const [twin] = await tx
		.select({ id: examples.id, number: examples.number })
		.from(examples)
		.where(
			and(
				eq(examples.projectId, projectId),
				eq(examples.promptHash, promptHash),
				eq(examples.contentHash, contentHash),
				isNull(examples.deletedAt)
			)
		);
	return twin ?? null;
};

const lockSentences: Record<string, string> = {
	AI001: 'is locked in validation: what measures must not train.',
	AI002: 'has been trained on, so it can no longer measure.',
	AI007: 'is in the order of a run; it can change sides when the provider has answered.',
	AI003: 'has the same prompt as one on the other side; the model would know the answer.',
	AI009: 'has a prompt that a run was sent as a preference, so it can no longer measure.',
	AI008: 'asks nearly the same as example {there} on the other side; the model would know the answer.'
};
type Refusal = { code?: string; detail?: string };

/**
 * A step: throws *conflict* where this prompt is locked in validation, also by an example that was deleted: an answer of a model to it
 * must not come to train by the playground.
 */
export const refuseMeasured = async (tx: Tx, projectId: string, promptHash: Buffer): Promise<void> => {
	// two questions: what is there and what was deleted have an index each
	const measures = sql`select number from ${examples} where project_id = ${projectId} and prompt_hash = ${promptHash} and split = 'validation'`;
	const [locked] = await tx.execute<{ number: number }>(sql`
		(${measures} and deleted_at is null limit 1) union all (${measures} and deleted_at is not null limit 1) limit 1`);
	if (!locked) return;
	throw new AppError(
		'conflict',
		`This prompt is locked in validation, as example ${locked.number}: what measures must not train. Ask something else to keep the answer.`,
		'messages'
	);
};

/** The database has the last word on the lock; its refusal becomes a sentence. `what` begins it. */
export const refusedByLock = (problem: unknown, what: string): never => {
	const { code, detail, cause } = problem as Refusal & { cause?: Refusal };
	const sentence = lockSentences[cause?.code ?? code ?? ''];
	if (sentence) throw new AppError('conflict', `${what} ${sentence.replace('{there}', cause?.detail ?? detail ?? '')}`);
	throw problem;
};

/** What it looks like to who may not see the split, which would tell them what others thought. */
export const withoutSide = { split: null, trained: false };

/** A list shows the beginning; an answer may have 400 000 characters. */
export const brief = (text: string) => text.slice(0, 300).toWellFormed();

/** What a list reads of each: it has no use for hashes. */
export const listed = {
	id: examples.id,
	number: examples.number,
	messages: examples.messages,
	rewrite: examples.rewrite,
	rating: examples.rating,
	ratingsCount: examples.ratingsCount,
	split: examples.split,
	trained: examples.trained,
	createdAt: examples.createdAt
};
export type Listed = Pick<Example, keyof typeof listed>;

/** An example as lists show it. */
export const rowOf = (example: Listed): ExampleRow => ({
	id: example.id,
	number: example.number,
	input: brief(promptOf(example.messages).at(-1)?.content ?? ''),
	output: brief(targetOf(example)),
	turns: example.messages.length,
	rating: example.rating,
	ratingsCount: example.ratingsCount,
	split: example.split,
	trained: example.trained,
	rewritten: example.rewrite !== null,
	createdAt: example.createdAt
});

/**
 * It is not deleted, for whoever walks through a project: said so that no index of what is there will do. Those have an order of their own, in which each row
 * lies on another page, and the planner, which expects a thousandth of a project, takes them and sorts: of a million for each page of a file.
 */
export const isThere = sql`(${examples.deletedAt} is null) is true`;

/** What a training would learn from, or be measured on, if it began now. */
export const inTrainingFile = (project: { id: string; qualityThreshold: number }, side: 'train' | 'validation') =>
	and(
		eq(examples.projectId, project.id),
		eq(examples.split, side),
		isThere,
		side === 'train' ? gte(examples.rating, project.qualityThreshold) : undefined
	);

type Choice = typeof playgroundPairs.$inferSelect;

/** The choices of the playground that stand. */
export const standingChoices = (projectId: string) =>
	and(eq(playgroundPairs.projectId, projectId), isNull(playgroundPairs.withdrawnAt));

/**
 * The prompt of a choice measures, be it that of a deleted example: what is in validation trains in no shape. Two questions, because what is there and
 * what was deleted have an index each; asked so that each choice is looked up, and not compared with the whole project.
 */
export const choiceMeasures = (projectId: string): SQL => {
	const measures = sql`select true from examples e where e.project_id = ${projectId}
		and e.prompt_hash = ${playgroundPairs.promptHash} and e.split = 'validation'`;
	return sql`coalesce((${measures} and e.deleted_at is null limit 1), (${measures} and e.deleted_at is not null limit 1), false)`;
};

/** A step: the choices that may train, the oldest first, from a place on. */
export const choicesAfter = (tx: Tx, projectId: string, place: number, limit: number): Promise<Choice[]> =>
	tx
		.select()
		.from(playgroundPairs)
		.where(and(standingChoices(projectId), gt(playgroundPairs.seq, place), sql`not ${choiceMeasures(projectId)}`))
		.orderBy(asc(playgroundPairs.seq))
		.limit(limit);

/** A choice between two answers as an example that was rewritten: the worse answer, improved to the better one. */
export const exampleOfChoice = ({ prompt, chosen, rejected }: Pick<Choice, 'prompt' | 'chosen' | 'rejected'>) => ({
	messages: withTarget([...prompt, { role: 'assistant', content: '' }], rejected),
	rewrite: chosen
});
