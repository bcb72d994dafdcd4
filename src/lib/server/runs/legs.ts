// What the files of a run are made of: one way through the examples for each part of a file, in the order of its lines.
import { and, asc, desc, gt, lt, not } from 'drizzle-orm';
import type { RunFileKind } from '../../contract/run.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import { takesThoughts, takesWeights } from '../../core/examples/trainable.ts';
import { mostCountedLines } from '../../core/runs/lengths.ts';
import type { Method } from '../../core/runs/method.ts';
import type { Preparing } from '../../core/runs/preparing.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import type { Tx } from '../access/scope.ts';
import { inTrainingFile } from '../examples/rows.ts';
import { among } from '../platform/db/among.ts';
import { examples } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';
import { type Pair, chosenPage, rewrittenPage } from './pairs.ts';

/** So many are taken in one part: whoever rates one of them waits for no more. */
export const inPart = 500;
/** So many numbers are looked at for a part, however few of them train. */
const numbersAtOnce = 20_000;

type Line = { id: string; isChoice: boolean; line: string; tokens: number };
/** `last`: where the next page begins. */
type Page = { lines: Line[]; last: number; isOver: boolean };
export type Leg = { kind: RunFileKind; page: (tx: Tx, last: number) => Promise<Page> };

type Made = { projectId: string; method: Method; provider: ProviderId };
type From = Pick<Preparing, 'systemPrompt' | 'qualityThreshold' | 'before' | 'first'>;

const columns = {
	id: examples.id,
	number: examples.number,
	messages: examples.messages,
	rewrite: examples.rewrite,
	source: examples.source,
	tokens: examples.tokens
};

/** The examples of a training by conversations: those that may be too long first, then by number. */
const conversations = ({ projectId, provider }: Made, from: From): Leg[] => {
	const { systemPrompt, qualityThreshold, before, first } = from;
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const prompt = promptTokens(systemPrompt);
	const isIn = (kind: RunFileKind) => inTrainingFile({ id: projectId, qualityThreshold }, kind);
	const isFirst = among(examples.number, first);
	const lineOf = (row: { id: string; tokens: number } & Parameters<typeof chatLine>[0]): Line => ({
		...{ id: row.id, isChoice: false, tokens: row.tokens + prompt },
		line: chatLine(row, systemPrompt, taken)
	});
	const byNumber = (kind: RunFileKind): Leg => ({
		kind,
		page: async (tx, last) => {
			const end = Math.min(last + numbersAtOnce + 1, before);
			const rows = await tx
				.select(columns)
				.from(examples)
				.where(
					and(
						isIn(kind),
						gt(examples.number, last),
						lt(examples.number, end),
						kind === 'train' && first.length > 0 ? not(isFirst) : undefined
					)
				)
				.orderBy(asc(examples.number))
				.limit(inPart);
			const isFull = rows.length === inPart;
			return {
				lines: rows.map(lineOf),
				last: isFull ? rows.at(-1)!.number : end - 1,
				isOver: !isFull && end === before
			};
		}
	});
	const doubtful: Leg = {
		kind: 'train',
		page: async (tx) => {
			const rows = await tx
				.select(columns)
				.from(examples)
				.where(and(isIn('train'), isFirst))
				.orderBy(desc(examples.tokens), asc(examples.number));
			return { lines: rows.map(lineOf), last: 0, isOver: true };
		}
	};
	return [...(first.length > 0 ? [doubtful] : []), byNumber('train'), byNumber('validation')];
};

/** The pairs of a training with preferences. They are read once, so that what is kept as learnt is what the file says. */
const preferences = ({ projectId, provider }: Made, from: From): Leg[] => {
	const project = { id: projectId, ...from };
	const linesOf = (pairs: (Pair | null)[]): Line[] =>
		pairs.flatMap((pair) =>
			pair
				? {
						...{ id: pair.id, isChoice: pair.source === 'playground', tokens: pair.tokens },
						line: JSON.stringify(pair.parts)
					}
				: []
		);
	const rewritten = (kind: RunFileKind): Leg => ({
		kind,
		page: async (tx, last) => {
			const { pairs, ...page } = await rewrittenPage(tx, project, kind, provider, last, from.before);
			return { lines: linesOf(pairs), ...page };
		}
	});
	const chosen: Leg = {
		kind: 'train',
		page: async (tx, last) => {
			const { pairs, ...page } = await chosenPage(tx, project, provider, last);
			return { lines: linesOf(pairs), ...page };
		}
	};
	return [rewritten('train'), chosen, rewritten('validation')];
};

export const legsOf = (made: Made, from: From): Leg[] =>
	(made.method === 'dpo' ? preferences : conversations)(made, from);

/** A step: of what trains the longest, by number, where they may be too long. They stand first, since what is counted is the beginning of the file. */
export const doubtfulAmong = async (
	tx: Tx,
	project: { id: string; qualityThreshold: number },
	doubtful: number
): Promise<number[]> => {
	const rows = await tx
		.select({ number: examples.number })
		.from(examples)
		.where(and(inTrainingFile(project, 'train'), gt(examples.tokens, doubtful)))
		.orderBy(desc(examples.tokens), asc(examples.number))
		.limit(mostCountedLines);
	return rows.map(({ number }) => number);
};
