import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ImportedPrompts } from '../../contract/prompts.ts';
import { AppError } from '../../core/errors.ts';
import { inPart } from '../../core/examples/import/in-part.ts';
import type { Line, Lines } from '../../core/examples/import/reading.ts';
import { mostRefusedInARow, refusing } from '../../core/examples/import/refusals.ts';
import type { Message } from '../../core/examples/example.ts';
import { parsePrompt } from '../../core/prompts/parse.ts';
import { isTable, linesOfTable } from '../../core/prompts/table.ts';
import type { ProjectScope } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { lockedProject } from '../project/rows.ts';
import { addDrafts } from './add.ts';
import { nearFinder } from './compare.ts';

/** One transaction adds so many, or so many characters. */
const perChunk = { prompts: 500, characters: 2_000_000 };
/** Other requests get their turn after so many lines. */
const perTurn = 50;

type Draft = { line: number; text: string; messages: Message[] };

/** What `importPrompts` does: prompts come in as they are read, a chunk at a time. */
export const importPromptLines = async (
	scope: ProjectScope,
	{ fileName, lines }: { fileName: string; lines: AsyncIterable<Line> | Iterable<Line> }
): Promise<ImportedPrompts> => {
	const findNear = await nearFinder(scope);
	const result: ImportedPrompts = { added: 0, duplicates: 0, refused: 0, notRead: 0, refusals: [] };
	const refuse = refusing(result);
	let [chunk, characters]: [Draft[], number] = [[], 0];
	const send = async () => {
		const drafts = chunk;
		[chunk, characters] = [[], 0];
		if (drafts.length === 0) return;
		const list = drafts.map(({ messages }) => messages);
		const nearest = await findNear(list);
		const outcomes = await scope.tx(async (tx) => {
			const project = await lockedProject(tx, scope);
			return addDrafts(tx, scope, project, list, { origin: 'import', nearest });
		});
		for (const [at, outcome] of outcomes.entries()) {
			const { line, text } = drafts[at]!;
			if (outcome.is === 'added') result.added++;
			else if (outcome.is === 'known') result.duplicates++;
			else refuse({ line, reason: `Line ${line}: ${outcome.reason.replace(/[.]$/, '')}`, text });
		}
	};
	let [read, refusedInARow] = [0, 0];
	try {
		for await (const line of isTable(fileName) ? linesOfTable(lines) : lines) {
			if (++read % perTurn === 0) await nextTurn();
			if (refusedInARow === mostRefusedInARow) {
				result.notRead++;
				continue;
			}
			const parsed = line.text === null ? null : parsePrompt(line.text, line.number);
			if (!parsed?.ok) {
				refuse({ line: line.number, reason: parsed?.reason ?? line.reason ?? '', text: line.text ?? '' });
				if (++refusedInARow === mostRefusedInARow)
					result.notRead += (await (lines as Partial<Lines>).pass?.(nextTurn)) ?? 0;
				continue;
			}
			refusedInARow = 0;
			chunk.push({ line: line.number, text: line.text!, messages: parsed.messages });
			characters += line.text!.length;
			if (chunk.length === perChunk.prompts || characters > perChunk.characters) await send();
		}
		await send();
	} catch (problem) {
		throw result.added > 0 ? inPart(problem) : problem;
	} finally {
		const { id: projectId } = scope.project;
		const { added: count } = result;
		if (count > 0)
			await scope.tx(async (tx) => {
				await enqueue(tx, 'project.comparePrompts', { projectId });
				await record(tx, scope, {
					event: 'prompts.added',
					subject: projectId,
					projectId,
					details: { count, fileName }
				});
			});
	}
	if (read === 0) throw new AppError('invalid', 'The file is empty. Choose one with a prompt on each line.', 'file');
	result.refusals.sort((one, other) => one.line - other.line);
	return result;
};
