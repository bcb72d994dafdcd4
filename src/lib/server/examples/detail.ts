import { and, eq, isNull, sql } from 'drizzle-orm';
import type { ExampleDetail } from '../../contract/examples.ts';
import { may } from '../../core/permissions.ts';
import { countingScore } from '../../core/ratings/counting.ts';
import { markOf, seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { examples, ratings } from '../platform/db/schema.ts';
import { type Example, rowOf, withoutSide } from './rows.ts';

/** Of a history, so much is shown. */
const newest = 50;

/** As JSON has them: times as text, the mark of a text in hex. */
type Given = {
	name: string;
	personId: string;
	voter: 'person' | 'script';
	score: number | null;
	at: string;
	text: string;
};
type Written = { name: string; voter: 'person' | 'script'; output: string | null; at: string };
type History = { scores: Given[]; versions: Written[] };
const none: History = { scores: [], versions: [] };

/** An example with its history: one question, since each costs the server as much as what it finds. */
const withHistory = prepared((db) =>
	db
		.select({ example: examples, history: sql<History | null>`history_of(${examples.id}, ${newest})` })
		.from(examples)
		.where(
			and(
				eq(examples.projectId, sql.placeholder('projectId')),
				eq(examples.id, sql.placeholder('exampleId')),
				isNull(examples.deletedAt)
			)
		)
		.prepare('history')
);

/** A step: the voter's own score of the text as it is; all their acts on it, which the page of the history may not reach back to. */
const ownScoreOf = async (tx: Tx, example: Example, voterId: string | null): Promise<number | null> => {
	if (voterId === null) return null;
	const given = await tx
		.select({ seq: ratings.seq, text: ratings.text, score: ratings.score, settled: ratings.settled })
		.from(ratings)
		.where(and(eq(ratings.exampleId, example.id), eq(ratings.personId, voterId)));
	return countingScore(
		given.map(({ text, ...one }) => ({ ...one, text: text.toString('hex') })),
		markOf(example.rewrite).toString('hex')
	);
};

/** On a transaction that only looks first: whether something would have been written down. */
const first = Symbol('looks first');
type LooksFirst = { [first]?: { mustSettle: boolean } };

/** A step: false when nothing of others may be shown. What the voter has said of the text so far is then their last word on it. */
const settles = async (tx: Tx, exampleId: string): Promise<boolean> => {
	const look = (tx as LooksFirst)[first];
	if (look) {
		look.mustSettle = true;
		return false;
	}
	const [row] = await tx.execute<{ settled: boolean }>(sql`select settle_rating(${exampleId}) as settled`);
	return row!.settled;
};

/**
 * Whoever may see others' scores only looks; for whom they wait it is written down that they were shown (`settles`), in a change that looks
 * again. Hardly any look comes to that.
 */
export const seeing = (scope: ProjectScope): ProjectScope['tx'] => {
	if (seesScores(scope)) return scope.look;
	return async (work) => {
		const look = { mustSettle: false };
		const found = await scope.look((tx) => work(Object.create(tx, { [first]: { value: look } }) as Tx));
		return look.mustSettle ? scope.tx(work) : found;
	};
};

/**
 * A step, of a transaction of `seeing`: an example with its history, unless there is none or it was deleted. Others' scores, of people and of scripts, stay hidden until the voter has given their own, unless they
 * may see them; and what they have given before they are shown is what counts, whatever they give afterwards.
 */
export const detailOf = async (tx: Tx, scope: ProjectScope, id: string): Promise<ExampleDetail | undefined> => {
	const { role, voterId } = scope;
	const sent = withHistory(tx, { projectId: scope.project.id, exampleId: id });
	if (seesScores(scope)) tx.last();
	const [found] = await sent;
	if (!found) return undefined;
	const { example } = found;
	const { scores, versions } = found.history ?? none;
	const own = seesScores(scope) ? null : await ownScoreOf(tx, example, voterId);
	// of a long history the others' may be older than what is shown, and still be in the mean; a script's own never is
	const isInMean = example.ratingsCount > (scope.key ? 0 : 1);
	const hasOthers = isInMean || scores.some(({ personId }) => personId !== voterId);
	const isBlind = !seesScores(scope) && (own === null || (hasOthers && !(await settles(tx, example.id))));
	const present = markOf(example.rewrite).toString('hex');
	const visible = (kind: 'person' | 'script') =>
		scores
			.filter(({ personId, voter }) => voter === kind && (!isBlind || personId === voterId))
			.map(({ name, score, at, text }) => ({ name, score, at: new Date(at), earlier: text !== present }));
	return {
		...rowOf(example),
		...(!may(role, 'splits:see') && withoutSide),
		...(isBlind && { rating: null, ratingsCount: 0 }),
		messages: example.messages,
		rewrite: example.rewrite,
		ratings: visible('person').map(({ name, ...given }) => ({ person: name, ...given })),
		scriptRatings: visible('script').map(({ name, ...given }) => ({ script: name, ...given })),
		rewrites: versions.map(({ name, voter, output, at }) => ({
			person: name,
			script: voter === 'script',
			output,
			at: new Date(at)
		}))
	};
};
