// What stands at every door by which something new comes in: it must not train beside what measures the same.
import { and, eq } from 'drizzle-orm';
import type { LikeThis } from '../../contract/examples.ts';
import { AppError } from '../../core/errors.ts';
import { type Message, promptOf } from '../../core/examples/example.ts';
import { NearIndex, commonGrams, sampleOf, sayingsOf } from '../../core/examples/near.ts';
import { countedOf } from '../access/counted.ts';
import type { ProjectScope, Scope } from '../access/scope.ts';
import { besideOthers } from '../platform/beside.ts';
import { examples } from '../platform/db/schema.ts';
import { brief, type factsOf, saidBytes, twinOf } from './rows.ts';

/** Something new is compared at once with so many that are locked; with more, the comparison in the background finds what is near. */
const mostLocked = 5000;
/** And with so much text: it is read and folded for each that is written. */
const mostTokens = 1_000_000;

/** An example that is locked in validation, and asks the same as something new, or nearly. */
export type Measuring = { id: string | null; number: number; input: string; exact: boolean };

/**
 * Tells what measures the same as something new; null where nothing does. A deleted example still guards its prompt; it has no id.
 * `messages` end in an answer. Not made within a transaction: long texts take a while, and others go on meanwhile.
 */
export type Guard = (messages: readonly Message[], facts: Facts) => Measuring | null;
type Facts = Pick<ReturnType<typeof factsOf>, 'promptHash' | 'contentHash'>;

/** The beginning of what a conversation asks last. */
export const askedIn = (messages: readonly Message[]) => brief(promptOf(messages).at(-1)?.content ?? '');

/** null: there is nothing to guard, or too much for a door. */
export const guardOf = async (scope: Scope, projectId: string): Promise<Guard | null> => {
	const locked = await scope.tx(async (tx) => {
		const measures = (await countedOf(tx, projectId)).filter(({ side }) => side === 'validation');
		const sum = (of: 'count' | 'tokens') => measures.reduce((total, kind) => total + kind[of], 0);
		if (sum('count') > mostLocked || sum('tokens') > mostTokens) return [];
		return tx
			.select({
				id: examples.id,
				number: examples.number,
				messages: examples.messages,
				hash: examples.promptHash,
				contentHash: examples.contentHash,
				deletedAt: examples.deletedAt
			})
			.from(examples)
			.where(and(eq(examples.projectId, projectId), eq(examples.split, 'validation')))
			.limit(mostLocked + 1);
	});
	if (locked.length === 0 || locked.length > mostLocked) return null;
	const known = locked.map(({ messages }) => sayingsOf(messages));
	const index = new NearIndex(commonGrams(sampleOf(known)));
	const rest = besideOthers();
	for (const sayings of known) {
		index.keep(sayings);
		await rest();
	}
	const byHash = new Map(locked.map((example) => [example.hash.toString('hex'), example]));
	// the same conversation that was deleted comes back, and goes to where it was
	const saidIn = (contentHash: Buffer) => contentHash.toString('hex', 0, saidBytes);
	const gone = new Set(
		locked.flatMap(({ contentHash, deletedAt }) => (deletedAt === null ? [] : [saidIn(contentHash)]))
	);
	return (messages, { promptHash, contentHash }) => {
		if (gone.has(saidIn(contentHash))) return null;
		const same = byHash.get(promptHash.toString('hex'));
		const twins = same ? [] : index.twinsOf(sayingsOf(messages)).map((at) => locked[at]!);
		const twin = same ?? twins.find(({ deletedAt }) => deletedAt === null) ?? twins[0];
		if (!twin) return null;
		const { id, number, deletedAt } = twin;
		return { id: deletedAt === null ? id : null, number, input: askedIn(twin.messages), exact: same !== undefined };
	};
};

/** What is said of something new that measures already; what follows from it comes after. */
export const measuringWords = ({ id, number, exact }: Omit<Measuring, 'input'>) =>
	`asks ${exact ? '' : 'nearly '}the same as example ${number}, which is locked in validation${id === null ? ' though it was deleted' : ''}`;

/** The example that says the same as something new, or one that measures what it asks; null for neither. */
export const likeThis = async (
	scope: ProjectScope,
	messages: readonly Message[],
	facts: ReturnType<typeof factsOf>
): Promise<LikeThis | null> => {
	const twin = await scope.tx((tx) => twinOf(tx, scope.project.id, facts));
	if (twin) return { ...twin, is: 'same', input: '' };
	const measuring = (await guardOf(scope, scope.project.id))?.(messages, facts);
	if (!measuring) return null;
	const { exact, ...rest } = measuring;
	return { ...rest, is: exact ? 'asks the same' : 'asks nearly the same' };
};

/** A model’s answer beside what nearly asks the same and measures it: the playground keeps none. `refuseMeasured` finds the very same. */
export const refusePlayground = (twin: Measuring | null | undefined): void => {
	if (!twin || twin.exact) return;
	throw new AppError(
		'conflict',
		`This ${measuringWords(twin)}: what measures must not train. Ask something else to keep the answer.`,
		'messages'
	);
};
