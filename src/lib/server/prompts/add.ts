import { and, eq, isNull, sql } from 'drizzle-orm';
import { figure } from '../../core/text/figure.ts';
import type { Message } from '../../core/examples/example.ts';
import { mostPrompts, twinWords } from '../../core/prompts/pool.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { projects, prompts } from '../platform/db/schema.ts';
import type { Near } from './compare.ts';
import { isOneOf, learntTwins, promptHashOf } from './rows.ts';

/** What became of a prompt: it is new, was here already as another one, or cannot be asked. */
export type Outcome =
	| { is: 'added'; id: string; number: number }
	| { is: 'known'; number: number }
	| { is: 'refused'; reason: string; exampleId: string | null };

export const fullPool = `A project has at most ${figure(mostPrompts)} prompts. Delete some first.`;

/** A step: how many prompts there are. */
export const promptCount = (tx: Tx, projectId: string): Promise<number> =>
	tx.$count(prompts, and(eq(prompts.projectId, projectId), isNull(prompts.deletedAt)));

type Draft = { messages: Message[]; hash: Buffer };

const hereAlready = async (tx: Tx, projectId: string, drafts: readonly Draft[]): Promise<Map<string, number>> => {
	const rows = await tx
		.select({ hash: prompts.promptHash, number: prompts.number })
		.from(prompts)
		.where(
			and(
				eq(prompts.projectId, projectId),
				isNull(prompts.deletedAt),
				isOneOf(
					prompts.promptHash,
					drafts.map(({ hash }) => hash.toString('hex'))
				)
			)
		);
	return new Map(rows.map(({ hash, number }) => [hash.toString('hex'), number]));
};

/**
 * A step: puts what is new into the pool, in its order. What asks the same as an example that trains or was learnt, or nearly, is refused
 * by its name (`nearest`: what is near each). The project is locked (`next`: its next number), so that two who add the same add it once.
 */
export const addDrafts = async (
	tx: Tx,
	scope: Pick<Scope, 'userId'>,
	{ id: projectId, nextPrompt: next }: { id: string; nextPrompt: number },
	list: readonly Message[][],
	{ origin, nearest }: { origin: 'written' | 'import'; nearest: readonly Near[] }
): Promise<Outcome[]> => {
	const drafts = list.map((messages) => ({ messages, hash: promptHashOf(messages) }));
	const known = await hereAlready(tx, projectId, drafts);
	const learnt = await learntTwins(
		tx,
		projectId,
		drafts.map(({ hash }) => ({ promptHash: hash, near: [] }))
	);
	let room = mostPrompts - (await promptCount(tx, projectId));
	const values: (typeof prompts.$inferInsert)[] = [];
	const outcomes = drafts.map(({ messages, hash }, at): Outcome | { is: 'new'; place: number } => {
		const name = hash.toString('hex');
		const there = known.get(name);
		if (there !== undefined) return { is: 'known', number: there };
		const twin = learnt[at];
		if (twin) return { is: 'refused', reason: twinWords(twin), exampleId: twin.exampleId };
		const near = nearest[at];
		if (near) return { is: 'refused', reason: twinWords({ ...near, exact: false }), exampleId: near.id };
		if (room-- <= 0) return { is: 'refused', reason: fullPool, exampleId: null };
		const number = next + values.length;
		known.set(name, number);
		values.push({ projectId, number, messages, promptHash: hash, origin, createdBy: scope.userId });
		return { is: 'new', place: values.length - 1 };
	});
	if (values.length === 0) return outcomes as Outcome[];
	const made = await tx.insert(prompts).values(values).returning({ id: prompts.id, number: prompts.number });
	await tx
		.update(projects)
		.set({ nextPrompt: sql`${projects.nextPrompt} + ${values.length}` })
		.where(eq(projects.id, projectId));
	return outcomes.map((outcome) => (outcome.is === 'new' ? { is: 'added', ...made[outcome.place]! } : outcome));
};
