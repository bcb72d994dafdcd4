import { and, eq, sql } from 'drizzle-orm';
import { chatLine } from '../../core/examples/formats/training.ts';
import { inTrainingFile } from '../examples/rows.ts';
import { takesThoughts, takesWeights } from '../../core/examples/trainable.ts';
import { sha256 } from '../platform/crypto.ts';
import { examples, runExamples, runFiles } from '../platform/db/schema.ts';
import type { RunFileKind } from '../../contract/run.ts';
import type { Project, Tx } from '../access/scope.ts';
import { type Run, providerOf } from './rows.ts';

/**
 * A step: decides what a run learns from and is measured on, and keeps the exact bytes. Membership first, in one
 * statement, which marks the trained ones for ever; then the texts of exactly those, by number. Returns how many.
 */
export const writeTrainingFile = async (
	tx: Tx,
	project: Project,
	run: Pick<Run, 'id' | 'connectionId'>,
	kind: RunFileKind
): Promise<number> => {
	await tx.execute(sql`
		insert into ${runExamples} (project_id, run_id, example_id, kind)
		select ${project.id}, ${run.id}, ${examples.id}, ${kind} from ${examples} where ${inTrainingFile(project, kind)}`);
	const rows = await tx
		.select({ messages: examples.messages, rewrite: examples.rewrite, source: examples.source })
		.from(runExamples)
		.innerJoin(examples, eq(examples.id, runExamples.exampleId))
		.where(and(eq(runExamples.runId, run.id), eq(runExamples.kind, kind)))
		.orderBy(examples.number);
	if (rows.length === 0) return 0;
	const provider = await providerOf(tx, run.connectionId);
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const body = rows.map((row) => `${chatLine(row, project.systemPrompt, taken)}\n`).join('');
	await tx.insert(runFiles).values({
		projectId: project.id,
		runId: run.id,
		kind,
		body,
		sha256: sha256(body).toString('hex'),
		byteCount: Buffer.byteLength(body)
	});
	return rows.length;
};

/** The name a file has at the provider and on a person's disk: never a path, nothing of the content. */
export const fileName = (run: Pick<Run, 'mark'>, kind: RunFileKind) => `${run.mark}-${kind}.jsonl`;
