import { and, eq, sql } from 'drizzle-orm';
import { chatLine } from '../../core/examples/formats/training.ts';
import { inTrainingFile } from '../examples/rows.ts';
import { takesThoughts, takesWeights } from '../../core/examples/trainable.ts';
import { sha256 } from '../platform/crypto.ts';
import { examples, runExamples, runFiles, runPairs } from '../platform/db/schema.ts';
import type { RunFileKind } from '../../contract/run.ts';
import type { Project, Tx } from '../access/scope.ts';
import { pairsFor } from './pairs.ts';
import { type Run, providerOf } from './rows.ts';

type Placed = Pick<Run, 'id' | 'connectionId'>;

/**
 * A step: decides what a run learns from and is measured on, and keeps the exact bytes. Membership first, in one
 * statement, which marks the trained ones for ever; then the texts of exactly those, by number. Returns how many.
 */
export const writeTrainingFile = async (
	tx: Tx,
	project: Project,
	run: Placed,
	kind: RunFileKind,
	/** Examples of more tokens than this stand first, the longest before the others. */
	doubtful: number | null = null
): Promise<number> => {
	await tx.execute(sql`
		insert into ${runExamples} (project_id, run_id, example_id, kind)
		select ${project.id}, ${run.id}, ${examples.id}, ${kind} from ${examples} where ${inTrainingFile(project, kind)}`);
	const lines = await exampleLines(tx, project, run, kind, doubtful);
	return keepFile(
		tx,
		project,
		run,
		kind,
		lines.map(({ line }) => line)
	);
};

const exampleLines = async (
	tx: Tx,
	project: Pick<Project, 'systemPrompt'>,
	run: Placed,
	kind: RunFileKind,
	doubtful: number | null = null
): Promise<{ number: number; line: string }[]> => {
	const { number, messages, rewrite, source, tokens } = examples;
	const first = doubtful === null ? [] : [sql`case when ${tokens} > ${doubtful} then ${tokens} else 0 end desc`];
	const rows = await tx
		.select({ number, messages, rewrite, source })
		.from(runExamples)
		.innerJoin(examples, eq(examples.id, runExamples.exampleId))
		.where(and(eq(runExamples.runId, run.id), eq(runExamples.kind, kind)))
		.orderBy(...first, number);
	const provider = await providerOf(tx, run.connectionId);
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	return rows.map((row) => ({ number: row.number, line: chatLine(row, project.systemPrompt, taken) }));
};

/** A step: which examples these lines of a run's training file are, as people call them. One that was changed meanwhile is told by its place. */
export const namesOfLines = async (
	tx: Tx,
	project: Pick<Project, 'systemPrompt'>,
	run: Placed,
	wanted: readonly { line: string; place: number }[]
): Promise<string[]> => {
	const known = new Map((await exampleLines(tx, project, run, 'train')).map(({ number, line }) => [line, number]));
	return wanted.map(({ line, place }) => {
		const number = known.get(line);
		return number === undefined ? `line ${place} of the training file` : `example ${number}`;
	});
};

/** A step: the same of a training with preferences. The pairs are read once, so that what is kept as learnt is what the file says. */
export const writePairFile = async (tx: Tx, project: Project, run: Placed, kind: RunFileKind): Promise<number> => {
	const provider = await providerOf(tx, run.connectionId);
	const lines: string[] = [];
	const ids: Record<'examples' | 'pairs', string[]> = { examples: [], pairs: [] };
	for await (const page of pairsFor(tx, project, kind, provider))
		for (const pair of page) {
			if (!pair) continue;
			lines.push(JSON.stringify(pair.parts));
			ids[pair.source === 'playground' ? 'pairs' : 'examples'].push(pair.id);
		}
	const all = (list: readonly string[]) => sql`unnest(${sql.param(`{${list.join(',')}}`)}::uuid[])`;
	await tx.execute(sql`
		insert into ${runExamples} (project_id, run_id, example_id, kind) select ${project.id}, ${run.id}, id, ${kind} from ${all(ids.examples)} id`);
	await tx.execute(sql`
		insert into ${runPairs} (project_id, run_id, pair_id) select ${project.id}, ${run.id}, id from ${all(ids.pairs)} id`);
	return keepFile(tx, project, run, kind, lines);
};

const keepFile = async (
	tx: Tx,
	project: Project,
	run: Placed,
	kind: RunFileKind,
	lines: readonly string[]
): Promise<number> => {
	if (lines.length === 0) return 0;
	const body = lines.map((line) => `${line}\n`).join('');
	await tx.insert(runFiles).values({
		projectId: project.id,
		runId: run.id,
		kind,
		body,
		sha256: sha256(body).toString('hex'),
		byteCount: Buffer.byteLength(body)
	});
	return lines.length;
};

/** The name a file has at the provider and on a person's disk: never a path, nothing of the content. */
export const fileName = (run: Pick<Run, 'mark'>, kind: RunFileKind) => `${run.mark}-${kind}.jsonl`;
