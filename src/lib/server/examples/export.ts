import { type SQL, and, asc, eq, gt, isNotNull, isNull, ne, or } from 'drizzle-orm';
import type { ExportFormat } from '../../contract/examples.ts';
import { fullLine } from '../../core/examples/formats/full.ts';
import { preferenceLine } from '../../core/examples/formats/preference.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import type { Project, Scope } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';
import { choicesAfter, exampleOfChoice, inTrainingFile } from './rows.ts';

/** One transaction reads so many; between two of them the connection serves others, however slowly the file is taken. */
const pageSize = 500;

const columns = {
	id: examples.id,
	number: examples.number,
	messages: examples.messages,
	rating: examples.rating,
	rewrite: examples.rewrite,
	split: examples.split,
	source: examples.source
};
type Row = Pick<typeof examples.$inferSelect, keyof typeof columns>;

/** Which examples a file has, and what each is in it. */
type Shape = { has: SQL | undefined; line: (row: Row) => string };

const shapeOf = (format: ExportFormat, project: Project): Shape => {
	const there = and(eq(examples.projectId, project.id), isNull(examples.deletedAt));
	switch (format) {
		case 'full':
			return { has: there, line: fullLine };
		case 'train':
		case 'validation':
			return { has: inTrainingFile(project, format), line: (row) => chatLine(row, project.systemPrompt) };
		case 'preference': {
			// what measures must not train, in whatever shape
			const mayTrain = or(isNull(examples.split), ne(examples.split, 'validation'));
			return {
				has: and(there, isNotNull(examples.rewrite), mayTrain),
				line: (row) => preferenceLine({ ...row, rewrite: row.rewrite! }, project.systemPrompt)
			};
		}
	}
};

/** The examples of a project in one of the formats, oldest first, as pieces of JSONL of at most 500 lines. */
export async function* exportPieces(scope: Scope, project: Project, format: ExportFormat): AsyncGenerator<string> {
	const { has, line } = shapeOf(format, project);
	for (let last = 0; ;) {
		const rows = await scope.tx((tx) =>
			tx
				.select(columns)
				.from(examples)
				.where(and(has, gt(examples.number, last)))
				.orderBy(asc(examples.number))
				.limit(pageSize)
		);
		if (rows.length > 0) yield rows.map((row) => `${line(row)}\n`).join('');
		if (rows.length < pageSize) break;
		last = rows.at(-1)!.number;
	}
	if (format === 'preference') yield* choicePieces(scope, project);
}

/** The choices of the playground that stand, and whose prompts do not measure: the same that a training takes. */
async function* choicePieces(scope: Scope, { id }: Project): AsyncGenerator<string> {
	for (let last = 0; ;) {
		const rows = await scope.tx((tx) => choicesAfter(tx, id, last, pageSize));
		if (rows.length > 0) yield rows.map((row) => `${preferenceLine(exampleOfChoice(row))}\n`).join('');
		if (rows.length < pageSize) return;
		last = rows.at(-1)!.seq;
	}
}
