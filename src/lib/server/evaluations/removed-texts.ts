import { and, eq, isNull, lt, notExists, sql } from 'drizzle-orm';
import { toldOf } from '../../core/evaluations/told.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { eachOf } from '../jobs/each.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, judgings, outputs, projects } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';
import { contendersOf, namesOf } from './rows.ts';
import { pairingsOf } from './votes.ts';

/** Of so many pairings the texts are in memory at once. */
const atOnce = 200;

/** A step: removes the texts of its answers, and keeps all that results say of them. What is not old enough, or is being judged, the database leaves as it is. */
const removeTexts = async (tx: Tx, evaluation: Evaluation, days: number): Promise<number> => {
	const [project] = await tx
		.select({ name: projects.name })
		.from(projects)
		.where(eq(projects.id, evaluation.projectId));
	const names = namesOf(await contendersOf(tx, evaluation), project!.name);
	const all = await pairingsOf(tx, evaluation.id);
	let removed = 0;
	for (let from = 0; from < all.length; from += atOnce) {
		const ids = all.slice(from, from + atOnce).map(({ id }) => id);
		const rows = await tx
			.select({ id: outputs.id, text: outputs.text, finishReason: outputs.finishReason })
			.from(outputs)
			.where(and(among(outputs.pairingId, ids), isNull(outputs.removedAt)));
		const told = rows.map(({ id, ...answer }) => ({ id, told: toldOf(answer, names) }));
		const [part] = await tx.execute<{ removed: number }>(
			sql`select remove_answers(${evaluation.id}, ${days}::int, ${JSON.stringify(told)}::json) as removed`
		);
		removed += part!.removed;
	}
	return removed;
};

/** Removes the texts of what was revealed so many days ago, evaluation by evaluation. Answers how many texts that were. */
export const removeOldTexts = async (scope: Scope, days: number): Promise<number> => {
	const old = await scope.tx((tx) =>
		tx
			.select()
			.from(evaluations)
			.where(
				and(
					lt(evaluations.revealedAt, sql`now() - make_interval(days => ${days}::int)`),
					isNull(evaluations.textsRemovedAt),
					notExists(
						tx
							.select({ one: sql`1` })
							.from(judgings)
							.where(and(eq(judgings.evaluationId, evaluations.id), eq(judgings.status, 'judging')))
					)
				)
			)
	);
	let removed = 0;
	await eachOf(old, async (evaluation) => {
		removed += await scope.tx((tx) => removeTexts(tx, evaluation, days));
	});
	return removed;
};
