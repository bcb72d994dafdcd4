import { BeginAsGuest, LookAsGuest, UndoAsGuest, VoteAsGuest } from '../../contract/guests.ts';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { balancedSides, dealt, orderOf } from '../../core/evaluations/ballots.ts';
import { type GuestState, guestStateWords } from '../../core/evaluations/guests.ts';
import { masked } from '../../core/evaluations/masking.ts';
import type { Message } from '../../core/examples/example.ts';
import { networkOf, within } from '../access/limits.ts';
import { type Visitor, command, query } from '../access/operation.ts';
import { tellPages } from '../events/relay.ts';
import { config } from '../platform/config.ts';
import { keyedDigest, sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { refusing } from '../platform/db/transaction.ts';

// A guest has no scope: what they may see and say is what the functions of drizzle/functions/guests.sql tell and take.

type Link = { state: GuestState; title: string; instructions: string; pairs: number };
type Names = { models: (string | null)[]; own: (string | null)[]; project: string };
type Ballot = {
	judged: number;
	total: number;
	ballot_id: string | null;
	place: number;
	prompt: Message[];
	text_a: string;
	text_b: string;
	swapped: boolean;
	names: Names;
};

const linkBy = async (token: string): Promise<Link> => {
	const [link] = await plainPool()<Link[]>`select state, title, instructions, pairs from guest_link(${sha256(token)})`;
	if (!link) throw new AppError('not_found', 'There is no such link. Ask whoever sent it for the whole address.');
	return link;
};

/** By what their browser is known again; nobody before they have begun. */
const secretOf = ({ browserToken }: Visitor): Buffer | null => (browserToken ? sha256(`guest ${browserToken}`) : null);

const pairOf = ({ ballot_id, place, prompt, text_a, text_b, swapped, names }: Ballot) => {
	if (ballot_id === null) return null;
	const known = (some: (string | null)[]) => some.filter((name) => name !== null);
	const hidden = { models: known(names.models), own: known(names.own), project: names.project };
	const [first, second] = (swapped ? [text_b, text_a] : [text_a, text_b]).map((text) => masked(spoken(text), hidden));
	// the system prompt is the team's, and may name it
	const asked = prompt.filter(({ role }) => role !== 'system');
	return { ballotId: ballot_id, position: place, prompt: asked, first: first!, second: second! };
};

/** The words of a link, and the next pair of whoever comes with it. */
export const lookAsGuest = query(LookAsGuest, async (visitor, { token }) => {
	const { state, title, instructions, pairs } = await linkBy(token);
	const secret = secretOf(visitor);
	const [ballot] = secret ? await plainPool()<Ballot[]>`select * from guest_ballot(${sha256(token)}, ${secret})` : [];
	const turn = ballot ? { judged: ballot.judged, total: ballot.total, pair: pairOf(ballot) } : null;
	return { state, title, instructions, pairs, turn };
});

const mustTake = (state: GuestState) => {
	if (state !== 'open') throw new AppError('gone', guestStateWords[state]);
};

/** The database has the last word: the reveal may have come a moment before. */
const refusedByReveal = refusing({ AI030: () => new AppError('gone', guestStateWords.closed) });

/** Those behind one address are many, and yet nobody takes all places of all links from it. */
const notTooMany = async (visitor: Visitor, what: string, most: number) => {
	if (await within(`${what}:${networkOf(visitor.address)}`, { most, perSeconds: 3600 })) return;
	throw new AppError('rate_limited', 'That was too often from this network. Wait an hour, then go on.');
};

/** Takes a place and is dealt pairs: those that the fewest guests have, half of them with B first. Again changes nothing. */
export const beginAsGuest = command(BeginAsGuest, async (visitor, { token }) => {
	const secret = secretOf(visitor);
	if (!secret)
		throw new AppError('invalid', 'Your browser keeps no cookies, so it cannot be known again. Allow them here.');
	await notTooMany(visitor, 'guest-begin', 300);
	const link = await linkBy(token);
	const hash = sha256(token);
	const list = await plainPool()<{ id: string; shown: number }[]>`select id, shown from guest_pairings(${hash})`;
	const seed = keyedDigest(config().keks, 'guests', `${hash.toString('hex')}:${secret.toString('hex')}`);
	const shown = new Map(list.map((one) => [one.id, one.shown]));
	const ids = dealt(orderOf([...shown.keys()], seed), { closed: new Set(), shown }).slice(0, link.pairs);
	const sides = balancedSides({ seed, count: ids.length });
	const [row] = await plainPool()<{ begun: boolean; team: string | null }[]>`
		select begin_guest(${hash}, ${secret}, string_to_array(${ids.join(',')}, ',')::uuid[], string_to_array(${sides.join(',')}, ',')::boolean[]) as begun,
			(select l.team_id from guest_link(${hash}) l) as team`.catch(refusedByReveal);
	if (!row!.begun) mustTake((await linkBy(token)).state);
	if (row!.team) tellPages(row!.team);
	return null;
});

const say = async (visitor: Visitor, token: string, ballot: string | null, mark: string | null, client: string) => {
	const secret = secretOf(visitor);
	await notTooMany(visitor, 'guest-vote', 6_000);
	const none = new AppError('not_found', 'This pair is not yours to judge. Open the link again.');
	if (!secret) throw none;
	const [row] = await plainPool()<{ outcome: GuestState | 'taken' | 'gone'; team: string | null }[]>`
		select outcome, team from cast_guest_vote(${sha256(token)}, ${secret}, ${ballot}::uuid, ${mark}, ${client}::uuid)`.catch(
		refusedByReveal
	);
	const { outcome, team } = row!;
	if (outcome === 'gone') throw none;
	if (outcome !== 'taken') mustTake(outcome);
	if (team) tellPages(team);
	return null;
};

/** A guest's word on a pair; the last one counts, and one that is sent twice counts once. */
export const voteAsGuest = command(VoteAsGuest, (visitor, { token, ballotId, choice, clientId }) =>
	say(visitor, token, ballotId, choice, clientId)
);

/** A guest takes their last word back: the pair comes again. */
export const undoAsGuest = command(UndoAsGuest, (visitor, { token, clientId }) =>
	say(visitor, token, null, null, clientId)
);
