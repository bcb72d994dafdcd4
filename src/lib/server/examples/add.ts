import { randomUUID } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { NewExample } from '../../core/examples/example.ts';
import { authorize } from '../../core/permissions.ts';
import { examples, projects, ratings } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { factsOf } from './rows.ts';

/** A step: the example with the same conversation, if there is one. */
const twinOf = async (tx: Tx, projectId: string, { promptHash, contentHash }: ReturnType<typeof factsOf>) => {
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

/** The example that already says the same, so that a page can link to it. */
export const findTwin = (scope: Scope, slug: string, { messages }: Pick<NewExample, 'messages'>) => {
	authorize(scope, 'examples:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		return twinOf(tx, project.id, factsOf(messages, null));
	});
};

/** Writes one example. The same conversation twice is a conflict that names the first. */
export const addExample = (scope: Scope, slug: string, { messages, rating }: NewExample) => {
	authorize(scope, 'examples:add');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug, { lock: true });
		const facts = factsOf(messages, null);
		const twin = await twinOf(tx, project.id, facts);
		if (twin)
			throw new AppError('conflict', `This conversation is already here, as example ${twin.number}.`, 'messages');
		const [made] = await tx
			.insert(examples)
			.values({
				projectId: project.id,
				number: project.nextExample,
				messages,
				...facts,
				origin: 'written',
				createdBy: scope.userId
			})
			.returning();
		await tx
			.update(projects)
			.set({ nextExample: project.nextExample + 1 })
			.where(eq(projects.id, project.id));
		if (rating !== null && scope.userId) {
			await tx.insert(ratings).values({
				projectId: project.id,
				exampleId: made!.id,
				personId: scope.userId,
				score: rating,
				clientId: randomUUID()
			});
		}
		await announce(tx, `project:${project.id}`, project.id);
		return { id: made!.id, number: made!.number };
	});
};
