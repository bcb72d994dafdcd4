import { CreateThreeWay, type NewThreeWay } from '../../contract/three-way.ts';
import { nameOfSides } from '../../core/evaluations/contender.ts';
import { type ThreeRole, sidesOfPart, threeParts } from '../../core/evaluations/three-way.ts';
import { command } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { awaitCompared } from '../examples/compare.ts';
import { lockedProject } from '../project/rows.ts';
import { awaitPromptsCompared } from '../prompts/compare.ts';
import { mustAnswer, roomOf } from './asking.ts';
import { asksFor, begin, refuseTwin, setUpOn } from './contest.ts';
import { type Competitor, competitorOf, competitorsOf, keyOf, labelsFor } from './sides.ts';
import { nextAttempt } from './tries.ts';

type Wanted = Pick<NewThreeWay, 'runId' | 'fewShot'>;

/** A step: who competes: the run, its base, and its base with examples in its prompt. */
const threeOf = async (
	tx: Tx,
	projectId: string,
	{ runId, fewShot }: Wanted
): Promise<Record<ThreeRole, Competitor>> => {
	const { a: trained, b: base } = await competitorsOf(tx, projectId, { runId, against: 'base' });
	return { trained, base, prompt: await competitorOf(tx, projectId, { baseOf: runId, fewShot }, 'fewShot') };
};

/**
 * Fixes three comparisons on the same prompts: what training adds to the best prompt, what the prompt adds to the base, and the two
 * together. Each of the three models is asked once, at the same time; they are voted on from one queue and revealed together.
 */
export const createThreeWay = command(CreateThreeWay, async (scope, input) => {
	await awaitCompared(scope);
	await awaitPromptsCompared(scope);
	const meant = await scope.tx((tx) => threeOf(tx, scope.project.id, input));
	await mustAnswer(scope, { a: meant.trained, b: meant.base }, input);
	const [room = null] = await roomOf(scope, [meant.prompt]);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const three = await threeOf(tx, project.id, input);
		for (const part of threeParts) {
			const [a, b] = sidesOfPart[part];
			await refuseTwin(tx, project.id, three[a], three[b]);
		}
		const asks = await asksFor(
			tx,
			project.id,
			{ competitors: Object.values(three), from: input.promptsFrom, what: 'compared' },
			input
		);
		let lead: { id: string; number: number } | null = null;
		for (const [at, threePart] of threeParts.entries()) {
			const [a, b] = sidesOfPart[threePart].map((role) => three[role]) as [Competitor, Competitor];
			const made = await setUpOn(
				tx,
				scope,
				{
					project: { ...project, nextEvaluation: project.nextEvaluation + at },
					...{ a, b, from: input.promptsFrom },
					room: [a, b].map(({ fewShot }) => (fewShot ? room : null))
				},
				asks,
				input,
				{
					name: nameOfSides(labelsFor(a, b)),
					delta: input.delta,
					attempt: await nextAttempt(tx, project.id, [keyOf(a), keyOf(b)]),
					threePart,
					threeOf: lead?.id ?? null
				}
			);
			const begun = await begin(tx, scope, made);
			lead ??= begun;
		}
		return lead!;
	});
});
