import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { and, eq } from 'drizzle-orm';
import {
	AddExample,
	DeleteExamples,
	ExportExamples,
	ImportExamples,
	ImportSample,
	RestoreExamples
} from '../../contract/examples.ts';
import { AppError } from '../../core/errors.ts';
import { toMessages } from '../../core/examples/conversation.ts';
import { marksOf } from '../../core/examples/marks.ts';
import { linesOfFile } from '../../core/examples/import/file-lines.ts';
import { command } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { eachOf } from '../platform/db/among.ts';
import { examples, projects, ratings } from '../platform/db/schema.ts';
import { lockedProject, projectNow } from '../project/rows.ts';
import { exportPieces } from './export.ts';
import { importLines } from './import.ts';
import { comparedAnew } from './compare.ts';
import { guardOf, measuringWords, refusePlayground } from './guard.ts';
import { keepMarks, markedOneMore } from './marks.ts';
import { factsOf, noExample, refuseMeasured, refusedByLock, twinOf } from './rows.ts';

/**
 * Writes one example. The same conversation twice is a conflict that names the first; so is one that asks the same as what is locked
 * in validation, or nearly. That one `keepTwins` lets in, without a side: the database keeps it out of train.
 */
export const addExample = command(
	AddExample,
	async (scope, { messages: given, rating, origin = 'written', keepTwins }) => {
		const messages = toMessages(given);
		const facts = factsOf(messages, null);
		const isPlayground = origin === 'playground';
		const guard = isPlayground || !keepTwins ? await guardOf(scope, scope.project.id) : null;
		const measuring = await guard?.(messages, facts);
		return scope.tx(async (tx) => {
			const project = await lockedProject(tx, scope);
			const { id: projectId, nextExample: number } = project;
			const twin = await twinOf(tx, projectId, facts);
			if (twin)
				throw new AppError('conflict', `This conversation is already here, as example ${twin.number}.`, 'messages');
			if (isPlayground) {
				await refuseMeasured(tx, projectId, facts.promptHash);
				refusePlayground(measuring);
			} else if (measuring)
				throw new AppError(
					'conflict',
					`This ${measuringWords(measuring)}, so it could never train. Send “keepTwins” to keep it all the same.`,
					'messages'
				);
			const [made] = await tx
				.insert(examples)
				.values({ projectId, number, messages, ...facts, origin, createdBy: scope.userId })
				.returning({ id: examples.id });
			const { id } = made!;
			await tx
				.update(projects)
				.set({ nextExample: number + 1, ...markedOneMore(project) })
				.where(eq(projects.id, projectId));
			await keepMarks(tx, projectId, [{ number, marks: marksOf({ messages }) }]);
			if (rating !== null && scope.voterId) {
				const row = { projectId, exampleId: id, personId: scope.voterId, clientId: randomUUID() };
				await tx.insert(ratings).values({ ...row, score: rating });
			}
			await record(tx, scope, { event: 'example.added', subject: id, projectId, details: { number } });
			return { id, number };
		});
	}
);

/**
 * Puts every good line into the project: new ones only, so that the same file twice adds nothing. Bad lines are counted, and
 * the first 1 000 kept with number and reason. A crash loses the last lines, and a second import of the file adds them.
 */
export const importExamples = command(ImportExamples, importLines);

/** Imports a data set that comes with the app. The app is started in its own folder, in production too. */
export const importSample = command(ImportSample, (scope, { sample }) => {
	const file = path.resolve('examples', sample, 'examples.jsonl'); // `sample` is one of a fixed list
	return importLines(scope, { fileName: `${sample}.jsonl`, lines: linesOfFile(createReadStream(file)) });
});

/** Takes examples out of every list; `restoreExamples` brings them back. What a run learnt from keeps being counted as that. */
export const deleteExamples = command(DeleteExamples, (scope, { ids }) => setDeleted(scope, ids, new Date()));

/** Undoes `deleteExamples`. Throws *conflict* when one has been added again, or its prompt stands on the other side by now. */
export const restoreExamples = command(RestoreExamples, (scope, { ids }) => setDeleted(scope, ids, null));

const setDeleted = (scope: ProjectScope, ids: string[], deletedAt: Date | null) =>
	scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		if (deletedAt === null) await refuseTwins(tx, projectId, ids);
		const changed = await tx
			.update(examples)
			.set({ deletedAt })
			.where(and(eq(examples.projectId, projectId), eachOf(examples.id, ids)))
			.returning({ id: examples.id })
			// its prompt may have gone to the other side meanwhile
			.catch((problem) => refusedByLock(problem, 'One of these examples'));
		const count = changed.length;
		// what was away has not been compared with what came meanwhile
		if (deletedAt === null && count > 0)
			await tx.update(projects).set({ compared: 0, promptsCompared: comparedAnew }).where(eq(projects.id, projectId));
		if (count === 0) throw noExample();
		const event = deletedAt ? 'examples.deleted' : 'examples.restored';
		await record(tx, scope, { event, subject: projectId, projectId, details: { count } });
		return { count };
	});

/**
 * Between delete and undo the same conversation may have been added again, and deleted again. Each is looked up by itself: for a join the planner, which
 * expects a thousandth of a project, reads all of it.
 */
const refuseTwins = async (tx: Tx, projectId: string, ids: string[]) => {
	const sql = tx.$client;
	const deleted = sql`
		unnest(${ids}::uuid[]) one (id) cross join lateral (
			select x.number, x.prompt_hash, x.content_hash from examples x
			where x.id = one.id and x.project_id = ${projectId} and x.deleted_at is not null limit 1
		) d`;
	const [both] = await sql`
		select min(d.number) as first, max(d.number) as number from ${deleted}
		group by d.prompt_hash, d.content_hash having count(distinct d.number) > 1 limit 1`;
	if (both)
		throw new AppError(
			'conflict',
			`Examples ${both.first} and ${both.number} are the same conversation. Restore one of them.`
		);
	const [twin] = await sql`
		select e.number from ${deleted} cross join lateral (
			select x.number from examples x
			where x.project_id = ${projectId} and x.prompt_hash = d.prompt_hash and x.content_hash = d.content_hash and x.deleted_at is null limit 1
		) e limit 1`;
	if (twin) throw new AppError('conflict', `The same conversation has been added again, as example ${twin.number}.`);
};

/**
 * Every example of the project with all it has, oldest first, as pieces of JSONL. Importing them gives the
 * same. What is added while the file is taken is in it too. Refusals are thrown before the first piece.
 */
export const exportExamples = command(ExportExamples, async (scope, { format }) => {
	const project = await scope.tx(async (tx) => {
		const project = await projectNow(tx, scope);
		const { id: projectId } = project;
		await record(tx, scope, { event: 'examples.exported', subject: projectId, projectId, details: {} });
		return project;
	});
	const what = format === 'full' ? 'examples' : format;
	return { name: `${project.slug}-${what}.jsonl`, pieces: exportPieces(scope, project, format) };
});
