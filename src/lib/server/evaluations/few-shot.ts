import { and, eq } from 'drizzle-orm';
import type { WantedFewShot } from '../../contract/contenders.ts';
import { GetFewShot } from '../../contract/few-shot.ts';
import { AppError } from '../../core/errors.ts';
import {
	type FewShot,
	type Shot,
	chooseShots,
	longestShot,
	mostCandidates,
	needsTools
} from '../../core/evaluations/few-shot.ts';
import { trainedParts } from '../../core/examples/formats/training.ts';
import type { Message } from '../../core/examples/example.ts';
import { many } from '../../core/evaluations/words.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import { firstOf, pointsFrom } from '../access/kinds.ts';
import { query } from '../access/operation.ts';
import { type Tx, noProject } from '../access/scope.ts';
import { awaitCompared } from '../examples/compare.ts';
import { sha256 } from '../platform/crypto.ts';
import { among } from '../platform/db/among.ts';
import { examples, projects } from '../platform/db/schema.ts';
import { awaitPromptsCompared } from '../prompts/compare.ts';
import { askable } from '../prompts/rows.ts';
import { measuredAmong, namesAsked } from './asked.ts';

/** By what an example is known: the hash of what it asks, and that of its family. */
const namesOf = ({ prompt, family }: { prompt: Buffer; family: Buffer | null }) =>
	[prompt, ...(family ? [family] : [])].map((name) => name.toString('hex'));

const withoutWeight = ({ weight: _, ...turn }: Message): Message => turn as Message;

/** A step: examples in train that are good enough to learn from and short enough to be shown, one of each family, the best points first. */
const candidatesIn = async (tx: Tx, projectId: string, threshold: number) => {
	// no example that asks the same as what may be asked, or nearly, stands in a prompt
	const ofPool = namesAsked((await askable(tx, projectId)).list);
	const found = new Map<string, { exampleId: string; number: number; rating: number; messages: Message[] }>();
	for (const points of pointsFrom(threshold).reverse()) {
		const first = firstOf(
			projectId,
			{ points: [points], sides: ['train'] },
			{ order: 'asc', limit: 2 * mostCandidates }
		);
		const rows = await tx
			.select({
				exampleId: examples.id,
				number: examples.number,
				rating: examples.rating,
				messages: examples.messages,
				rewrite: examples.rewrite,
				tokens: examples.tokens,
				prompt: examples.promptHash,
				family: examples.family
			})
			.from(examples)
			.where(first);
		const measured = await measuredAmong(tx, projectId, new Set(rows.flatMap(namesOf)));
		const isAsked = (name: string) => ofPool.has(name) || measured.has(name);
		for (const { rating, messages, rewrite, tokens, prompt, family, ...one } of rows) {
			const names = namesOf({ prompt, family });
			if (tokens > longestShot || needsTools(messages) || names.some(isAsked)) continue;
			const { messages: turns } = trainedParts({ messages, rewrite }, null, { thoughts: false });
			const shown = turns.filter(({ role }) => role !== 'system').map((turn) => withoutWeight(turn as Message));
			// of two that nearly ask the same the first is looked at
			const key = names.at(-1)!;
			if (!found.has(key)) found.set(key, { ...one, rating: rating!, messages: shown });
		}
		if (found.size >= mostCandidates) break;
	}
	return [...found.values()].slice(0, mostCandidates);
};

/** What says that these are the very examples that somebody has seen. */
const fingerprintOf = (shots: readonly Shot[]): string =>
	sha256(JSON.stringify(shots.map(({ number, messages }) => ({ number, messages }))))
		.toString('hex')
		.slice(0, 32);

/** A step: the examples that stand in a prompt, chosen now; the same project gives the same ones. */
const shotsOf = async (tx: Tx, projectId: string, count: number) => {
	const [project] = await tx
		.select({ systemPrompt: projects.systemPrompt, threshold: projects.qualityThreshold })
		.from(projects)
		.where(eq(projects.id, projectId));
	if (!project) throw noProject();
	const { systemPrompt, threshold } = project;
	const chosen = chooseShots(await candidatesIn(tx, projectId, threshold), count);
	const shots = chosen.map(({ rating: _, ...shot }): Shot => shot);
	const good = `rated ${threshold} or better and short enough`;
	const [only, is] =
		shots.length === 0
			? ['No example', 'is']
			: [`Only ${many(shots.length, 'example')}`, shots.length === 1 ? 'is' : 'are'];
	const problem =
		shots.length < count ? `${only} in train ${is} ${good} for a prompt. Rate more, or put more into train.` : null;
	return { systemPrompt, shots, problem, fingerprint: fingerprintOf(shots) };
};

/** What would stand in the prompt of a model now. */
export const getFewShot = query(GetFewShot, async (scope, { examples: count }) => {
	await awaitCompared(scope);
	await awaitPromptsCompared(scope);
	return scope.look(async (tx) => {
		const found = await shotsOf(tx, scope.project.id, count);
		return { ...found, tokens: tokensOf(found.shots.flatMap(({ messages }) => messages)) };
	});
});

/** A step: the prompt that is kept with an evaluation. Throws *conflict* where there are too few examples, or others than were seen. */
export const fewShotFor = async (
	tx: Tx,
	projectId: string,
	{ examples: count, systemPrompt, seen }: WantedFewShot,
	field: string
): Promise<FewShot> => {
	const found = await shotsOf(tx, projectId, count);
	if (found.problem !== null) throw new AppError('conflict', found.problem, field);
	if (seen !== undefined && seen !== found.fingerprint)
		throw new AppError('conflict', 'The best examples are others by now. Look at them again, then start.', field);
	return { systemPrompt: systemPrompt ?? found.systemPrompt, shots: found.shots };
};

/** A step: by what the examples in these prompts are known, their families too: what they ask measures nothing. */
export const shownNames = async (
	tx: Tx,
	projectId: string,
	some: readonly (FewShot | null)[]
): Promise<Set<string>> => {
	const ids = some.flatMap((one) => one?.shots.map(({ exampleId }) => exampleId) ?? []);
	if (ids.length === 0) return new Set();
	const rows = await tx
		.select({ prompt: examples.promptHash, family: examples.family })
		.from(examples)
		.where(and(eq(examples.projectId, projectId), among(examples.id, ids)));
	return new Set(rows.flatMap(namesOf));
};
