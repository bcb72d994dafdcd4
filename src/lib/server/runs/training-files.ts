import { sql } from 'drizzle-orm';
import { chatLine } from '../../core/examples/formats/training.ts';
import { takesThoughts, takesWeights } from '../../core/examples/trainable.ts';
import { examples, runExamples } from '../platform/db/schema.ts';
import type { RunFileKind } from '../../contract/run.ts';
import type { Project, Tx } from '../access/scope.ts';
import { type Run, providerOf } from './rows.ts';

/** So many are read at once. */
const rowsAtOnce = 500;

type Row = Parameters<typeof chatLine>[0] & { number: number };

/** What a run learns from as it would be sent now, by a cursor: a million are in nobody's memory. */
async function* exampleLines(
	tx: Tx,
	project: Pick<Project, 'systemPrompt'>,
	run: Pick<Run, 'id' | 'connectionId'>
): AsyncGenerator<{ number: number; line: string }> {
	const provider = await providerOf(tx, run.connectionId);
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	await tx.execute(sql`
		declare training_lines no scroll cursor for
		select e.number, e.messages, e.rewrite, e.source
		from ${runExamples} m join ${examples} e on e.id = m.example_id
		where m.run_id = ${run.id} and m.kind = 'train'`);
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
	run: Pick<Run, 'id' | 'connectionId'>,
	wanted: readonly { line: string; place: number }[]
): Promise<string[]> => {
	const asked = new Set(wanted.map(({ line }) => line));
	const known = new Map<string, number>();
	for await (const { number, line } of exampleLines(tx, project, run)) if (asked.has(line)) known.set(line, number);
	return wanted.map(({ line, place }) => {
		const number = known.get(line);
		return number === undefined ? `line ${place} of the training file` : `example ${number}`;
	});
};

/** The name a file has at the provider and on a person's disk: never a path, nothing of the content. */
export const fileName = (run: Pick<Run, 'mark'>, kind: RunFileKind) => `${run.mark}-${kind}.jsonl`;
