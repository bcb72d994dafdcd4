import { setTimeout } from 'node:timers/promises';
import { asc, eq, sql } from 'drizzle-orm';
import { signatureOf, signedTogether } from '../../core/text/signature.ts';
import type { Message } from '../../core/examples/conversation.ts';
import type { Scope } from '../access/scope.ts';
import { exampleSignatures, examples, projects } from '../platform/db/schema.ts';

/** In one transaction, and of one team in one go: others wait for it. */
const blocksAtOnce = 32;
const mostBlocks = 3_000;
/** Whoever asks meanwhile is not to notice: two thirds of the time are theirs, and after each signature it is their turn. */
const shareOfOthers = 2;
const theirTurn = () => new Promise((next) => setImmediate(next));

/**
 * Signs what a search would have to read otherwise: the conversations of each project, so many at a time, once no number among them is
 * free any more. They never change; what people rewrite is found beside it.
 */
export const signExamples = async (scope: Scope): Promise<void> => {
	const list = await scope.tx((tx) => tx.select({ id: projects.id }).from(projects).orderBy(asc(projects.id)));
	let left = mostBlocks;
	for (const { id } of list) {
		for (let signed = blocksAtOnce; signed === blocksAtOnce && left > 0; left -= signed) {
			const startedAt = performance.now();
			signed = await signSome(scope, id);
			await setTimeout(shareOfOthers * (performance.now() - startedAt));
		}
	}
};

/** What stands in a turn as a search looks for it: written as in JSON, and without the names that every turn has. */
export const said = ({ role: _role, weight: _weight, ...rest }: Message): string[] =>
	Object.values(rest).map((value) => JSON.stringify(value));

const signSome = (scope: Scope, projectId: string): Promise<number> =>
	scope.tx(async (tx) => {
		const [place] = await tx
			.select({
				next: projects.nextExample,
				first: sql<number>`coalesce((select max(s.block) + 1 from example_signatures s where s.project_id = ${projectId}), 0)`
			})
			.from(projects)
			.where(eq(projects.id, projectId));
		if (!place) return 0; // deleted meanwhile
		const { next, first } = place;
		const count = Math.min(blocksAtOnce, Math.floor(next / signedTogether) - first);
		if (count <= 0) return 0;
		const from = first * signedTogether;
		const rows = await tx
			.select({ number: examples.number, messages: examples.messages })
			.from(examples)
			.where(
				sql`${examples.projectId} = ${projectId} and ${examples.number} >= ${from} and ${examples.number} < ${from + count * signedTogether}`
			);
		const texts = Map.groupBy(rows, ({ number }) => Math.floor(number / signedTogether));
		const signed: (typeof exampleSignatures.$inferInsert)[] = [];
		for (let block = first; block < first + count; block++) {
			const bits = signatureOf((texts.get(block) ?? []).flatMap(({ messages }) => messages.flatMap(said)));
			signed.push({ teamId: scope.teamId, projectId, block, bits });
			await theirTurn();
		}
		await tx.insert(exampleSignatures).values(signed).onConflictDoNothing();
		return count;
	});
