import { and, eq } from 'drizzle-orm';
import type { Message } from '../../core/examples/example.ts';
import { promptText } from '../../core/examples/fingerprint.ts';
import { sha256 } from '../platform/crypto.ts';
import { among } from '../platform/db/among.ts';
import { examples, playgroundPairs, runExamples, runPairs } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import { learntAmong } from '../prompts/rows.ts';
import { textsOf } from '../runs/rows.ts';
import { namesOfAsked } from './asked.ts';
import { shownNames } from './few-shot.ts';
import type { Evaluation } from './rows.ts';
import { fewShotsOf, runsOf } from './sides.ts';
import { pairingsOf } from './votes.ts';

/** A line is a conversation, or what was asked with two answers. */
const turnsOf = (line: { messages?: Message[]; input?: { messages: Message[] }; preferred_output?: Message[] }) =>
	line.messages ?? [...line.input!.messages, ...line.preferred_output!];

/** The prompts in the bytes that were sent: an example may have been changed since. */
const promptsIn = (body: string): string[] =>
	body
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line) => sha256(promptText(turnsOf(JSON.parse(line)))).toString('hex'));

// What was sent never changes, so it is read once. By the run, which only its team can see.
const kept = new Map<string, readonly string[]>();
/** More than this many are looked up again: all that are kept would be a gigabyte. */
const mostKept = 100_000;

const promptsOfFile = async (tx: Tx, runId: string): Promise<Iterable<string>> => {
	const known = kept.get(runId);
	if (known) return known;
	const prompts: string[] = [];
	for await (const text of textsOf((work) => work(tx), runId, 'train'))
		for (const prompt of promptsIn(text)) prompts.push(prompt);
	if (prompts.length === 0 || prompts.length > mostKept) return prompts;
	if (kept.size >= 20) kept.delete(kept.keys().next().value!);
	kept.set(runId, prompts);
	return prompts;
};

/**
 * A step: the hashes of the prompts a run has learnt from, and of their families, by the bytes it was sent and by the examples it was made from.
 * For owners and trainers: nobody else can see what was sent.
 */
export const trainedPrompts = async (tx: Tx, runId: string): Promise<Set<string>> => {
	const found = new Set<string>();
	const learnt = await tx
		.select({ hash: examples.promptHash, family: examples.family })
		.from(runExamples)
		.innerJoin(examples, eq(examples.id, runExamples.exampleId))
		.where(and(eq(runExamples.runId, runId), eq(runExamples.kind, 'train')));
	for (const { hash, family } of learnt) {
		found.add(hash.toString('hex'));
		if (family) found.add(family.toString('hex'));
	}
	// a preference of the playground is no example
	const chosen = await tx
		.select({ hash: playgroundPairs.promptHash })
		.from(runPairs)
		.innerJoin(playgroundPairs, eq(playgroundPairs.id, runPairs.pairId))
		.where(eq(runPairs.runId, runId));
	for (const { hash } of chosen) found.add(hash.toString('hex'));
	// one by one: as arguments of a call, a hundred thousand are too many
	for (const prompt of await promptsOfFile(tx, runId)) found.add(prompt);
	return found;
};

/**
 * A step: which examples or prompts that an evaluation asks a contender has trained on, or on one that nearly asks the same. None, because creating leaves them out; but a
 * verdict stands on it, so it is asked again. `known`: what it asks, where that has been read already.
 */
export const leakedIn = async (tx: Tx, evaluation: Evaluation, known?: readonly string[]): Promise<string[]> => {
	const asked = known ?? (await pairingsOf(tx, evaluation.id)).map(({ askedId }) => askedId);
	const names = await namesOfAsked(tx, evaluation.promptsFrom, asked);
	const all = new Set([...names.values()].flat());
	// what a run learnt is marked so by a trigger
	const twins = (await learntAmong(tx, evaluation.projectId, all)).filter(({ trained }) => trained);
	const hashes = new Map(twins.map(({ id, hash, family }) => [id, family === null ? [hash] : [hash, family]]));
	const learnt = await tx
		.select({ id: runExamples.exampleId })
		.from(runExamples)
		.where(
			and(
				among(runExamples.runId, runsOf(evaluation).learnt),
				eq(runExamples.kind, 'train'),
				among(runExamples.exampleId, [...hashes.keys()])
			)
		);
	const leaked = await shownNames(tx, evaluation.projectId, Object.values(fewShotsOf(evaluation)));
	for (const { id } of learnt) for (const hash of hashes.get(id)!) leaked.add(hash);
	return [...names].filter(([, own]) => own.some((name) => leaked.has(name))).map(([id]) => id);
};
