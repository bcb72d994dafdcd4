import { and, eq, inArray } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { promptText } from '../../core/examples/fingerprint.ts';
import { sha256 } from '../platform/crypto.ts';
import { examples, pairings, runExamples, runFiles } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation } from './rows.ts';

/** The prompts in the bytes that were sent: an example may have been changed since. */
const promptsIn = (body: string): string[] =>
	body
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line) => sha256(promptText(JSON.parse(line).messages)).toString('hex'));

// What was sent never changes, so it is read once. By the id of the file's row, which only its team can see.
const kept = new Map<string, readonly string[]>();

const promptsOfFile = async (tx: Tx, id: string): Promise<readonly string[]> => {
	const known = kept.get(id);
	if (known) return known;
	const [file] = await tx.select({ body: runFiles.body }).from(runFiles).where(eq(runFiles.id, id));
	const prompts = promptsIn(file!.body);
	if (kept.size >= 20) kept.delete(kept.keys().next().value!);
	kept.set(id, prompts);
	return prompts;
};

/**
 * A step: the hashes of the prompts a run has learnt from, by the bytes it was sent and by the examples it was made from.
 * For owners and trainers: nobody else can see what was sent.
 */
export const trainedPrompts = async (tx: Tx, runId: string): Promise<Set<string>> => {
	const rows = await tx
		.select({ hash: examples.promptHash })
		.from(runExamples)
		.innerJoin(examples, eq(examples.id, runExamples.exampleId))
		.where(and(eq(runExamples.runId, runId), eq(runExamples.kind, 'train')));
	const files = await tx
		.select({ id: runFiles.id })
		.from(runFiles)
		.where(and(eq(runFiles.runId, runId), eq(runFiles.kind, 'train')));
	const sent: string[] = [];
	for (const { id } of files) sent.push(...(await promptsOfFile(tx, id)));
	return new Set([...rows.map((row) => row.hash.toString('hex')), ...sent]);
};

/**
 * A step: how many pairings have a prompt that a contender has trained on. None, because creating leaves them out; but a
 * verdict stands on it, so it is asked again (statistics.md §4, BLOCKED).
 */
export const leakedPairings = async (tx: Tx, evaluation: Evaluation): Promise<number> => {
	const runIds = [evaluation.runId, evaluation.againstRunId].filter((id) => id !== null);
	const learnt = alias(examples, 'learnt');
	const leaks = await tx
		.selectDistinct({ id: pairings.id })
		.from(pairings)
		.innerJoin(examples, eq(examples.id, pairings.exampleId))
		.innerJoin(learnt, eq(learnt.promptHash, examples.promptHash))
		.innerJoin(runExamples, eq(runExamples.exampleId, learnt.id))
		.where(
			and(eq(pairings.evaluationId, evaluation.id), inArray(runExamples.runId, runIds), eq(runExamples.kind, 'train'))
		);
	return leaks.length;
};
