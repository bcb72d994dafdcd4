import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq, sql } from 'drizzle-orm';
import type { ImportResult } from '../../contract/examples.ts';
import { AppError, Unavailable } from '../../core/errors.ts';
import type { Line, Lines } from '../../core/examples/import/reading.ts';
import { inPart } from '../../core/examples/import/in-part.ts';
import { parseLine } from '../../core/examples/import/parse.ts';
import { mostRefusedInARow, refusing } from '../../core/examples/import/refusals.ts';
import { marksOf } from '../../core/examples/marks.ts';
import { flawsOfExample } from '../../core/examples/trainable.ts';
import type { ProjectScope } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { sendAsPart } from '../platform/db/in-parts.ts';
import { plainPool } from '../platform/db/pools.ts';
import { imports } from '../platform/db/schema.ts';
import { sendTimeouts } from '../platform/db/timeouts.ts';
import { log } from '../platform/log.ts';
import { projectNow } from '../project/rows.ts';
import { type Measuring, askedIn, guardOf, measuringWords } from './guard.ts';
import { factsOf, twinOf } from './rows.ts';
import { type Accepted, type Chunk, emptyChunk, isFull, put, stage } from './stage.ts';
import { addStaged } from './staged.ts';

const keptWarnings = 100;
/** So many lines are held against what measures as they come in; in a larger file the comparison in the background finds what is near. */
const mostGuarded = 3000;
/** So much is read between two turns of the event loop, in which other requests are answered; a line costs more than its characters. */
const charactersPerTurn = 1 << 16;
const charactersPerLine = 1 << 9;

/** Imports share so many connections, first come, first served, so that pages always find one. */
let freeLanes = 4;
const waiting: (() => void)[] = [];
const inLane = async <T>(work: () => Promise<T>): Promise<T> => {
	if (freeLanes > 0) freeLanes--;
	else await new Promise<void>((go) => waiting.push(go));
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else freeLanes++;
	}
};

/**
 * What `importExamples` does. Memory stays at three chunks, whatever the file's size, and no
 * turn of the event loop takes long, whatever it holds. Each chunk is a transaction: a crash loses
 * the last ones, and a second import of the file adds what is missing.
 */
export const importLines = async (
	scope: ProjectScope,
	{
		fileName,
		lines,
		keepTwins
	}: { fileName: string; lines: AsyncIterable<Line> | Iterable<Line>; keepTwins?: boolean | undefined }
): Promise<ImportResult> => {
	const { id: projectId, systemPrompt } = scope.project;
	const guard = keepTwins ? null : await guardOf(scope, projectId);
	const id = await scope.tx(async (tx) => {
		await projectNow(tx, scope);
		const [made] = await tx
			.insert(imports)
			.values({ projectId, personId: scope.userId, fileName: fileName.slice(0, 200), refusals: [] })
			.returning();
		return made!.id;
	});
	const result: ImportResult = {
		id,
		added: 0,
		duplicates: 0,
		refused: 0,
		notRead: 0,
		refusals: [],
		warned: 0,
		warnings: []
	};
	const refuse = refusing(result);

	let guarded = 0;
	/** What measures the same, so that this line could never train; null where it may come in. */
	const measuring = async ({ messages, split }: Accepted): Promise<Measuring | null> => {
		// what says that it measures goes where its twin is
		if (!guard || split === 'validation' || ++guarded > mostGuarded) return null;
		const facts = factsOf(messages, null);
		const twin = await guard(messages, facts);
		// what is here already is known, and nothing new
		return twin && (await scope.tx((tx) => twinOf(tx, projectId, facts))) === null ? twin : null;
	};
	const warn = (example: Accepted) => {
		const [flaw] = flawsOfExample(example);
		if (!flaw) return;
		result.warned++;
		if (result.warnings.length < keptWarnings)
			result.warnings.push({ line: example.line, reason: `Line ${example.line}: ${flaw.words}` });
	};

	// Three chunks are on their way at most: one is filled, one is staged, and one is inserted, always in their order.
	const spare: Buffer[] = [];
	let refreshed = Promise.resolve();
	const write = async (chunk: Chunk, before: Promise<void>) => {
		const added = await inLane(() =>
			scope.tx(async (tx) => {
				sendTimeouts(tx.$client, 'queued');
				sendAsPart(tx.$client);
				await stage(tx, chunk);
				await before; // it came first, so it has a lane of its own
				sendTimeouts(tx.$client, 'import');
				const count = await addStaged(tx, scope, { projectId, importId: id, chunk });
				const noted = tx
					.update(imports)
					.set({
						added: sql`added + ${count}`,
						duplicates: sql`duplicates + ${chunk.count - count}`,
						seenAt: sql`now()`
					})
					.where(eq(imports.id, id))
					.execute();
				tx.last();
				await noted;
				return count;
			})
		);
		// the planner has not heard of a table that grew this minute, and would read all of it for one row
		if (result.added === 0 && added > 2_000)
			refreshed = plainPool()
				.begin((sql) => sql`select refresh_statistics()`, 'long')
				.then(() => {})
				.catch((problem: Error) => log.warn('statistics', { problem: problem.message })); // slower, and nothing is wrong
		result.added += added;
		result.duplicates += chunk.count - added;
		spare.push(chunk.bytes);
	};
	let sinceTurn = 0;
	let refusedInARow = 0;
	let chunk = emptyChunk();
	let [inserted, written] = [Promise.resolve(), Promise.resolve()];
	const send = () => {
		[inserted, written] = [written, write(chunk, written)];
		written.catch(() => {}); // awaited below
	};
	let [brokeOff, isMissing] = [true, false];
	try {
		for await (const line of lines) {
			const characters = line.text?.length ?? 0;
			sinceTurn += characters + charactersPerLine;
			if (sinceTurn >= charactersPerTurn) {
				sinceTurn = 0;
				await nextTurn();
			}
			if (refusedInARow === mostRefusedInARow) {
				result.notRead++;
				continue;
			}
			const parsed = line.text === null ? null : parseLine(line.text, line.number);
			if (!parsed?.ok) {
				const reason = parsed?.reason ?? line.reason ?? '';
				refuse({ line: line.number, reason, text: line.text ?? '', twin: null });
				if (++refusedInARow === mostRefusedInARow)
					result.notRead += (await (lines as Partial<Lines>).pass?.(nextTurn)) ?? 0;
				continue;
			}
			refusedInARow = 0;
			if (characters >= charactersPerTurn) await nextTurn(); // it took its time; what follows takes as much
			const twin = await measuring(parsed);
			if (twin) {
				const { id, number, input } = twin;
				const reason = `Line ${line.number} ${measuringWords(twin)}, so it could never train`;
				const asks = askedIn(parsed.messages);
				refuse({ line: line.number, reason, text: line.text!, twin: { id, number, input, asks } });
				continue;
			}
			const marks = marksOf({ ...parsed, rewrite: null });
			// its rewrite may have what it does not
			if (marks.length > 0 || parsed.rewrite !== null) warn(parsed);
			put(chunk, parsed, systemPrompt, marks);
			if (!isFull(chunk)) continue;
			await inserted;
			send();
			chunk = emptyChunk(spare.pop());
		}
		if (chunk.count > 0) send();
		await written;
		brokeOff = false;
	} catch (problem) {
		throw result.added > 0 ? inPart(problem) : problem;
	} finally {
		await written.catch(() => {});
		await refreshed;
		await scope.tx(async (tx) => {
			const { refused, refusals, warned, warnings } = result;
			const counted = result.added + result.duplicates;
			const ended = { endedAt: sql`now()`, brokeOff: sql`${brokeOff} or added + duplicates < ${counted}` };
			// each part has added what it brought, with it: a database that fell over meanwhile has forgotten both
			const [{ added, duplicates }] = (await tx
				.update(imports)
				.set({ refused, refusals, warned, warnings, ...ended })
				.where(eq(imports.id, id))
				.returning({ added: imports.added, duplicates: imports.duplicates })) as [ImportResult];
			isMissing = added + duplicates < counted;
			Object.assign(result, { added, duplicates });
			const details = { fileName, added, duplicates, refused };
			if (added > 0) await enqueue(tx, 'project.compare', { projectId });
			await record(tx, scope, { event: 'examples.imported', subject: id, projectId, details });
		});
	}
	if (isMissing) throw inPart(new Unavailable('Not all of the file was saved.'));
	if (result.added + result.duplicates + result.refused === 0) {
		throw new AppError('invalid', 'The file is empty. Choose one with an example on each line.', 'file');
	}
	return result;
};
