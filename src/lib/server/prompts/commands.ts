import { and, eq } from 'drizzle-orm';
import { AddPrompts, type AddedPrompts, DeletePrompts, ImportPrompts, RestorePrompts } from '../../contract/prompts.ts';
import { AppError } from '../../core/errors.ts';
import type { Message } from '../../core/examples/example.ts';
import { promptOfTurns } from '../../core/prompts/parse.ts';
import { mostPrompts } from '../../core/prompts/pool.ts';
import { command } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { comparedAnew } from '../examples/compare.ts';
import { enqueue } from '../jobs/queue.ts';
import { among } from '../platform/db/among.ts';
import { projects, prompts } from '../platform/db/schema.ts';
import { lockedProject } from '../project/rows.ts';
import { addDrafts, fullPool, promptCount } from './add.ts';
import { nearFinder } from './compare.ts';
import { importPromptLines } from './import.ts';
import { noPrompt } from './rows.ts';

const capital = (sentence: string) => `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;

/** Adds the prompts that are new. What a model learns or has learnt, and what is no prompt, is refused one by one, and named. */
export const addPrompts = command(AddPrompts, async (scope, { prompts: given }) => {
	const answer: AddedPrompts = { added: [], duplicates: [], refused: [] };
	const drafts: { place: number; messages: Message[] }[] = [];
	for (const [at, prompt] of given.entries()) {
		const messages = promptOfTurns(typeof prompt === 'string' ? [{ role: 'user', content: prompt.trim() }] : prompt);
		if (typeof messages === 'string')
			answer.refused.push({ place: at + 1, reason: capital(messages), exampleId: null });
		else drafts.push({ place: at + 1, messages });
	}
	const list = drafts.map(({ messages }) => messages);
	const findNear = await nearFinder(scope);
	const nearest = await findNear(list);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const { id: projectId } = project;
		const outcomes = list.length > 0 ? await addDrafts(tx, scope, project, list, { origin: 'written', nearest }) : [];
		for (const [at, outcome] of outcomes.entries()) {
			const { place } = drafts[at]!;
			if (outcome.is === 'added') answer.added.push({ id: outcome.id, number: outcome.number });
			else if (outcome.is === 'known') answer.duplicates.push({ place, number: outcome.number });
			else answer.refused.push({ place, reason: outcome.reason, exampleId: outcome.exampleId });
		}
		answer.refused.sort((one, other) => one.place - other.place);
		const count = answer.added.length;
		if (count === 0) return answer;
		await enqueue(tx, 'project.comparePrompts', { projectId });
		await record(tx, scope, {
			event: 'prompts.added',
			subject: projectId,
			projectId,
			details: { count, fileName: null }
		});
		return answer;
	});
});

/** Adds the prompts of a file, chunk by chunk: a crash loses the last ones, and a second import of the file adds what is missing. */
export const importPrompts = command(ImportPrompts, importPromptLines);

/** Takes prompts out of the pool; `restorePrompts` brings them back. What has been asked with them stays. */
export const deletePrompts = command(DeletePrompts, (scope, { ids }) =>
	scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		const changed = await tx
			.update(prompts)
			.set({ deletedAt: new Date() })
			.where(and(eq(prompts.projectId, projectId), among(prompts.id, ids)))
			.returning({ id: prompts.id });
		const count = changed.length;
		if (count === 0) throw noPrompt();
		await record(tx, scope, { event: 'prompts.deleted', subject: projectId, projectId, details: { count } });
		return { count };
	})
);

/** Between delete and undo the same prompt may have been added again, and deleted again. Each is looked up by itself, as of examples. */
const refuseTwins = async (tx: Tx, projectId: string, ids: readonly string[]) => {
	const [twin] = await tx.$client`
		with d as materialized (
			select x.id, x.number, x.prompt_hash from unnest(${[...ids]}::uuid[]) one (id) cross join lateral (
				select * from prompts x where x.id = one.id and x.project_id = ${projectId} and x.deleted_at is not null limit 1
			) x
		)
		select max(number) as number from (
			select e.number from d cross join lateral (
				select x.number from prompts x
				where x.project_id = ${projectId} and x.prompt_hash = d.prompt_hash and x.deleted_at is null limit 1
			) e
			union all
			select max(number) from d group by prompt_hash having count(distinct id) > 1
		) twins having max(number) is not null`;
	if (twin) throw new AppError('conflict', `The same prompt has been added again, as prompt ${twin.number}.`);
};

/** Undoes `deletePrompts`. Throws *conflict* when one has been added again meanwhile, or the pool is full. */
export const restorePrompts = command(RestorePrompts, (scope, { ids }) =>
	scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		await refuseTwins(tx, projectId, ids);
		const changed = await tx
			.update(prompts)
			.set({ deletedAt: null })
			.where(and(eq(prompts.projectId, projectId), among(prompts.id, ids)))
			.returning({ id: prompts.id });
		const count = changed.length;
		if (count === 0) throw noPrompt();
		if ((await promptCount(tx, projectId)) > mostPrompts) throw new AppError('conflict', fullPool);
		// what was away has not been compared with what came meanwhile
		await tx.update(projects).set({ promptsCompared: comparedAnew }).where(eq(projects.id, projectId));
		await enqueue(tx, 'project.comparePrompts', { projectId });
		await record(tx, scope, { event: 'prompts.restored', subject: projectId, projectId, details: { count } });
		return { count };
	})
);
