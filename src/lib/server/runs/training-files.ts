import { sql } from 'drizzle-orm';
import { chatLine } from '../../core/examples/formats/training.ts';
import { inTrainingFile } from '../examples/rows.ts';
import { takesThoughts, takesWeights } from '../../core/examples/trainable.ts';
import { examples, runExamples, runPairs } from '../platform/db/schema.ts';
import type { RunFileKind } from '../../contract/run.ts';
import type { Project, Tx } from '../access/scope.ts';
import { writingFile } from './files.ts';
import { pairsFor } from './pairs.ts';
import { type Run, providerOf } from './rows.ts';
import { walked, walking } from './walked.ts';

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
	doubtful: number | null = null,
	mostBytes?: number
): Promise<number> => {
	await tx.execute(sql`
		insert into ${runExamples} (project_id, run_id, example_id, kind)
		select ${project.id}, ${run.id}, ${examples.id}, ${kind} from ${examples} where ${inTrainingFile(project, kind)}`);
	const file = writingFile(tx, { projectId: project.id, runId: run.id, kind }, mostBytes);
	for await (const { line } of exampleLines(tx, project, run, kind, doubtful)) await file.add(line);
	return file.end();
};

/** So many are read at once. */
const rowsAtOnce = 500;

type Row = Parameters<typeof chatLine>[0] & { number: number };

/** In the order of the file, by a cursor: they are put in order once, by the database, which has a disk for that. */
async function* exampleLines(
	tx: Tx,
	project: Pick<Project, 'systemPrompt'>,
	run: Placed,
	kind: RunFileKind,
	doubtful: number | null = null
): AsyncGenerator<{ number: number; line: string }> {
	const provider = await providerOf(tx, run.connectionId);
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const first = doubtful === null ? sql`` : sql`case when e.tokens > ${doubtful} then e.tokens else 0 end desc,`;
	await tx.execute(sql`
		declare training_lines no scroll cursor for
		select e.number, e.messages, e.rewrite, e.source
		from ${runExamples} m join ${examples} e on e.id = m.example_id
		where m.run_id = ${run.id} and m.kind = ${kind}
		order by ${first} e.number`);
	for (;;) {
		const rows = await tx.execute<Row>(sql.raw(`fetch ${rowsAtOnce} from training_lines`));
		for (const row of rows) yield { number: row.number, line: chatLine(row, project.systemPrompt, taken) };
		if (rows.length < rowsAtOnce) break;
	}
	await tx.execute(sql`close training_lines`);
}

/** A step: which examples these lines of a run's training file are, as people call them. One that was changed meanwhile is told by its place. */
export const namesOfLines = async (
	tx: Tx,
	project: Pick<Project, 'systemPrompt'>,
	run: Placed,
	wanted: readonly { line: string; place: number }[]
): Promise<string[]> => {
	const asked = new Set(wanted.map(({ line }) => line));
	const known = new Map<string, number>();
	for await (const { number, line } of exampleLines(tx, project, run, 'train'))
		if (asked.has(line)) known.set(line, number);
	return wanted.map(({ line, place }) => {
		const number = known.get(line);
		return number === undefined ? `line ${place} of the training file` : `example ${number}`;
	});
};

/** A step: the same of a training with preferences. The pairs are read once, so that what is kept as learnt is what the file says. */
export const writePairFile = async (tx: Tx, project: Project, run: Placed, kind: RunFileKind): Promise<number> => {
	const provider = await providerOf(tx, run.connectionId);
	const file = writingFile(tx, { projectId: project.id, runId: run.id, kind });
	const walk = await walking(tx);
	for await (const page of pairsFor(tx, project, kind, provider))
		for (const pair of page) {
			if (!pair) continue;
			await file.add(JSON.stringify(pair.parts));
			await walk.add(pair);
		}
	await walk.end();
	await tx.execute(sql`
		insert into ${runExamples} (project_id, run_id, example_id, kind)
		select ${project.id}, ${run.id}, id, ${kind} from ${walked} where source <> 'playground'`);
	await tx.execute(sql`
		insert into ${runPairs} (project_id, run_id, pair_id) select ${project.id}, ${run.id}, id from ${walked} where source = 'playground'`);
	return file.end();
};

/** The name a file has at the provider and on a person's disk: never a path, nothing of the content. */
export const fileName = (run: Pick<Run, 'mark'>, kind: RunFileKind) => `${run.mark}-${kind}.jsonl`;
