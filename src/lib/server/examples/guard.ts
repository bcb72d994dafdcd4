// What stands wherever something new comes in: it must not train beside what measures the same.
import { and, eq, sql } from 'drizzle-orm';
import type { LikeThis } from '../../contract/examples.ts';
import { AppError } from '../../core/errors.ts';
import { type Message, promptOf } from '../../core/examples/example.ts';
import { type NearIndex, type Sayings, makingIndex, sayingsOf } from '../../core/examples/near.ts';
import { countedOf, stampOf } from '../access/counted.ts';
import type { ProjectScope, Scope, Tx } from '../access/scope.ts';
import { besideOthers, inSteps } from '../platform/beside.ts';
import { examples } from '../platform/db/schema.ts';
import { brief, type factsOf, saidBytes, twinOf } from './rows.ts';

/** Something new is compared at once with so many that are locked; with more, the comparison in the background finds what is near. */
const mostLocked = 5000;
/** And with so much text of them: what goes beyond it is known by its hash alone. Blanks are no tokens, and are read all the same. */
const most = { tokens: 1_000_000, bytes: 8_000_000, letters: 4_000_000 };
/**
 * A longer conversation is left to the comparison in the background: a step with it would take too long. `said`: all that it is known by,
 * where each answer has everything before it.
 */
const longest = { letters: 20_000, bytes: 80_000, said: 100_000 };

/** An example that is locked in validation, and asks the same as something new, or nearly. */
export type Measuring = { id: string | null; number: number; input: string; exact: boolean };

/**
 * Tells what measures the same as something new; null where nothing does. A deleted example still guards its prompt; it has no id.
 * `messages` end in an answer. Not asked within a transaction: it takes a while, and others go on meanwhile.
 */
export type Guard = (messages: readonly Message[], facts: Facts) => Promise<Measuring | null>;
type Facts = Pick<ReturnType<typeof factsOf>, 'promptHash' | 'contentHash'>;

/** The beginning of what a conversation asks last. */
export const askedIn = (messages: readonly Message[]) => brief(promptOf(messages).at(-1)?.content ?? '');

const nothing: Sayings = { turns: [], wholes: [], around: [] };
const lettersOf = (texts: readonly string[]) => texts.reduce((sum, { length }) => sum + length, 0);

/** What a conversation is known by when it comes in, and how much that is; nothing of a long one. */
const saidOnEntry = (messages: readonly Message[]): { sayings: Sayings; letters: number } => {
	const none = { sayings: nothing, letters: 0 };
	if (lettersOf(messages.map(({ content }) => content)) > longest.letters) return none;
	const sayings = sayingsOf(messages);
	const texts = [...sayings.turns, ...sayings.wholes, ...sayings.around];
	const letters = lettersOf(texts);
	// one letter may be folded to eighteen
	const isLong = letters > longest.said || texts.some(({ length }) => length > longest.letters);
	return isLong ? none : { sayings, letters };
};

const readLocked = (tx: Tx, projectId: string) => {
	const bytes = sql`octet_length(${examples.messages}::text)`;
	const before = sql`sum(least(${bytes}, ${longest.bytes})) over (order by ${examples.number})`;
	return tx
		.select({
			id: examples.id,
			number: examples.number,
			messages: sql<Message[] | null>`case when ${bytes} <= ${longest.bytes} and ${before} <= ${most.bytes}
				then ${examples.messages} end`.mapWith(examples.messages),
			hash: examples.promptHash,
			contentHash: examples.contentHash,
			deletedAt: examples.deletedAt
		})
		.from(examples)
		.where(and(eq(examples.projectId, projectId), eq(examples.split, 'validation')))
		.limit(mostLocked + 1);
};
type Locked = Omit<Awaited<ReturnType<typeof readLocked>>[number], 'messages'>;

/** What is locked in a project, to be looked up. */
type Known = { locked: Locked[]; index: NearIndex };

const learn = async (rows: Awaited<ReturnType<typeof readLocked>>): Promise<Known | null> => {
	if (rows.length === 0 || rows.length > mostLocked) return null;
	const rest = besideOthers();
	const sayings: Sayings[] = [];
	let room = most.letters;
	for (const { messages } of rows) {
		const said = messages && saidOnEntry(messages);
		const fits = said && said.letters <= room;
		if (fits) room -= said.letters;
		sayings.push(fits ? said.sayings : nothing);
		await rest();
	}
	const index = await inSteps(makingIndex(sayings), rest);
	for (const each of sayings) await inSteps(index.keeping(each), rest);
	return { locked: rows.map(({ messages: _, ...locked }) => locked), index };
};

/** What is locked in the projects that were asked about last: whoever writes one example after the other need not wait for it each time. */
const kept = new Map<string, { stamp: string; known: Promise<Known | null> }>();
const mostKept = 3;

const knownOf = async (scope: Scope, projectId: string): Promise<Known | null> => {
	const found = await scope.tx(async (tx) => {
		const measures = (await countedOf(tx, projectId)).filter(({ side }) => side === 'validation');
		const sum = (of: 'count' | 'tokens') => measures.reduce((total, kind) => total + kind[of], 0);
		if (sum('count') > mostLocked || sum('tokens') > most.tokens) return null;
		// asked first: what is read afterwards is at least as new
		const stamp = await stampOf(tx, projectId, 'validation');
		const before = kept.get(projectId);
		return before?.stamp === stamp ? before : { stamp, rows: await readLocked(tx, projectId) };
	});
	if (found === null) return null;
	const entry = 'known' in found ? found : { stamp: found.stamp, known: learn(found.rows) };
	kept.delete(projectId);
	kept.set(projectId, entry);
	if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
	return entry.known;
};

/** null: there is nothing to guard, or too much to wait for. */
export const guardOf = async (scope: Scope, projectId: string): Promise<Guard | null> => {
	const known = await knownOf(scope, projectId);
	if (!known) return null;
	const { locked, index } = known;
	const byHash = new Map(locked.map((example) => [example.hash.toString('hex'), example]));
	// the same conversation that was deleted comes back, and goes to where it was
	const saidIn = (contentHash: Buffer) => contentHash.toString('hex', 0, saidBytes);
	const gone = new Set(
		locked.flatMap(({ contentHash, deletedAt }) => (deletedAt === null ? [] : [saidIn(contentHash)]))
	);
	const inputOf = async (number: number) => {
		const isIt = and(eq(examples.projectId, projectId), eq(examples.number, number));
		const [row] = await scope.tx((tx) => tx.select({ messages: examples.messages }).from(examples).where(isIt));
		return row ? askedIn(row.messages) : '';
	};
	const rest = besideOthers();
	return async (messages, { promptHash, contentHash }) => {
		if (gone.has(saidIn(contentHash))) return null;
		const same = byHash.get(promptHash.toString('hex'));
		const near = same ? [] : await inSteps(index.findingTwins(saidOnEntry(messages).sayings), rest);
		const twins = near.map((at) => locked[at]!);
		const twin = same ?? twins.find(({ deletedAt }) => deletedAt === null) ?? twins[0];
		if (!twin) return null;
		const { id, number, deletedAt } = twin;
		const isThere = deletedAt === null;
		return { id: isThere ? id : null, number, input: await inputOf(number), exact: same !== undefined };
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
	const measuring = await (await guardOf(scope, scope.project.id))?.(messages, facts);
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
