import { type SQL, and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { PromptRow } from '../../contract/prompts.ts';
import { AppError } from '../../core/errors.ts';
import { type LearntTwin, withAnswer } from '../../core/prompts/pool.ts';
import { promptText } from '../../core/examples/fingerprint.ts';
import type { Message } from '../../core/examples/example.ts';
import type { Tx } from '../access/scope.ts';
import { brief } from '../examples/rows.ts';
import { sha256 } from '../platform/crypto.ts';
import { examples, playgroundPairs, prompts } from '../platform/db/schema.ts';

export type Prompt = typeof prompts.$inferSelect;

export const noPrompt = () => new AppError('not_found', 'There is no such prompt, or it is not yours to see.');

/** By what equal questions are known, in the pool and among examples. */
export const promptHashOf = (messages: readonly Message[]): Buffer => sha256(promptText(withAnswer(messages)));

/** What trains, is about to, or was learnt: what asks the same measures nothing. */
export const learnsNow: SQL = sql`(${examples.trained} or ${examples.reserved} or (${examples.split} = 'train' and ${examples.deletedAt} is null))`;

/** Hashes in hexadecimal, as a list of bytes. */
export const hashList = (hashes: Iterable<string>): SQL =>
	sql`${sql.param(`{${[...hashes].map((hash) => `"\\\\x${hash}"`).join(',')}}`)}::bytea[]`;

/** The same as what a column of few rows is compared with: each of them with each. */
export const isOneOf = (column: PgColumn, hashes: Iterable<string>): SQL => sql`${column} = any (${hashList(hashes)})`;

/** What of a prompt says what it asks, and what is near it. */
export type Fingerprint = Pick<Prompt, 'promptHash' | 'near'>;

type Learnt = { id: string; number: number; hash: string; family: string | null; trained: boolean; reserved: boolean };

/**
 * A step: the examples that were learnt, are in an order, or train, and have one of these names: the hash of their prompt, or that of their
 * family. What was learnt or ordered comes first, and what only is of a family last; then by number. Each name is looked up in an index of its own.
 */
export const learntAmong = async (tx: Tx, projectId: string, names: Iterable<string>): Promise<Learnt[]> =>
	tx.execute<Learnt>(sql`
		select id, number, encode(prompt_hash, 'hex') as hash, encode(family, 'hex') as family, trained, reserved
		from learnt_among(${projectId}, ${hashList(names)}) order by rank, number`);

/**
 * A step: for each of these prompts what asks the same, or nearly, and trains or was learnt; null for none. For owners and trainers:
 * preferences are read as well.
 */
export const learntTwins = async (
	tx: Tx,
	projectId: string,
	some: readonly Fingerprint[]
): Promise<(LearntTwin | null)[]> => {
	const own = some.map(({ promptHash }) => promptHash.toString('hex'));
	const names = new Set([...own, ...some.flatMap(({ near }) => near)]);
	if (names.size === 0) return [];
	const found = await learntAmong(tx, projectId, names);
	const pairs = await tx
		.select({ hash: playgroundPairs.promptHash })
		.from(playgroundPairs)
		.where(and(eq(playgroundPairs.projectId, projectId), sql`ordered`, isOneOf(playgroundPairs.promptHash, names)));
	const byName = new Map<string, Omit<LearntTwin, 'exact'> & { hash: string }>();
	for (const { hash } of pairs) {
		const name = hash.toString('hex');
		byName.set(name, { exampleId: null, number: null, trained: true, hash: name });
	}
	// the first of a name stands
	for (const { id, number, hash, family, ...marks } of found.toReversed())
		for (const name of [family, hash])
			if (name !== null) byName.set(name, { exampleId: id, number, trained: marks.trained || marks.reserved, hash });
	return some.map(({ near }, at) => {
		const name = [own[at]!, ...near].find((one) => byName.has(one));
		if (name === undefined) return null;
		const { hash, ...twin } = byName.get(name)!;
		return { ...twin, exact: hash === own[at] };
	});
};

/** What lists read of each. */
export const listedPrompt = {
	id: prompts.id,
	number: prompts.number,
	messages: prompts.messages,
	promptHash: prompts.promptHash,
	family: prompts.family,
	near: prompts.near,
	createdAt: prompts.createdAt
};
export type ListedPrompt = Pick<Prompt, keyof typeof listedPrompt>;

/** A step: the smallest number of each of these families, among what was not deleted. */
const firstOf = async (tx: Tx, projectId: string, families: readonly Buffer[]): Promise<Map<string, number>> => {
	if (families.length === 0) return new Map();
	const rows = await tx
		.select({ family: prompts.family, number: sql<number>`min(${prompts.number})::int` })
		.from(prompts)
		.where(
			and(
				eq(prompts.projectId, projectId),
				isNull(prompts.deletedAt),
				isOneOf(
					prompts.family,
					families.map((name) => name.toString('hex'))
				)
			)
		)
		.groupBy(prompts.family);
	return new Map(rows.map(({ family, number }) => [family!.toString('hex'), number]));
};

/** A step: prompts as lists show them. */
export const shownRows = async (tx: Tx, projectId: string, list: readonly ListedPrompt[]): Promise<PromptRow[]> => {
	const learnt = await learntTwins(tx, projectId, list);
	const first = await firstOf(
		tx,
		projectId,
		list.flatMap(({ family }) => family ?? [])
	);
	return list.map(({ id, number, messages, family, createdAt }, at) => {
		const head = family === null ? number : (first.get(family.toString('hex')) ?? number);
		return {
			id,
			number,
			input: brief(messages.findLast(({ role }) => role === 'user')?.content ?? ''),
			turns: messages.length,
			learnt: learnt[at] ?? null,
			near: head < number ? head : null,
			createdAt
		};
	});
};

/** A prompt that can be asked: its hash, and that of its family in the pool, or its own where it has none. */
export type AskablePrompt = Fingerprint & { id: string; prompt: string; family: string };

/** A step: what a comparison can ask: the prompts of the pool that no model learns or has learnt, one of each family. */
export const askable = async (tx: Tx, projectId: string): Promise<{ list: AskablePrompt[]; leftOut: number }> => {
	const rows = await tx
		.select({ id: prompts.id, promptHash: prompts.promptHash, family: prompts.family, near: prompts.near })
		.from(prompts)
		.where(and(eq(prompts.projectId, projectId), isNull(prompts.deletedAt)))
		.orderBy(asc(prompts.number));
	const learnt = await learntTwins(tx, projectId, rows);
	const list = new Map<string, AskablePrompt>();
	for (const [at, { family, ...row }] of rows.entries()) {
		if (learnt[at]) continue;
		const prompt = row.promptHash.toString('hex');
		const name = family?.toString('hex') ?? prompt;
		if (!list.has(name)) list.set(name, { ...row, prompt, family: name });
	}
	return { list: [...list.values()], leftOut: learnt.filter((twin) => twin !== null).length };
};
