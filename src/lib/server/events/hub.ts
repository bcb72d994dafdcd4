import { setTimeout as pause } from 'node:timers/promises';
import type { News } from '../../contract/live.ts';
import { type Scope, type Tx, unattended } from '../access/scope.ts';
import { listen } from '../platform/db/listen.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { type Place, isPlace, lostNews, newsFor, newsSince, placeToSend, projectsIn } from './news.ts';
import { channel } from './relay.ts';

/** A NOTIFY can be lost with the process that owed it: so often it is asked which teams have news. */
const askEveryMs = 5_000;
/** After a look that failed: the database may be back. */
const tryAgainMs = 500;
/** From one look of a group to the next; what comes meanwhile is one message. After a slow look longer, so that none follows on the last. */
const breathMs = 200;

type Message = { place: Place; news: News };
/** Numbers that travel with the news of these projects, so that hardly any page has to ask for them. */
type Telling = (tx: Tx, projectIds: string[]) => Promise<Record<string, number>>;
type Reader = { tab: string | null; send: (message: Message) => void };
/** Those whose rights are the same: one look serves all, and up to `heard` all have had everything. */
type Group = {
	scope: Scope;
	readers: Set<Reader>;
	unrated?: Telling;
	heard?: Place;
	begun: Promise<void>;
	looking?: Promise<void>;
	again: boolean;
};
type Hub = {
	groups: Map<string, Group>;
	/** Up to where was asked which teams have news; never further than a group has heard. */
	asked?: Place;
	unlisten?: () => void;
	timer?: NodeJS.Timeout;
};

const emptyHub = (): Hub => ({ groups: new Map() });
// Vite runs this module again after an edit; there is one LISTEN per process.
const hub = ((globalThis as { aitelierHub?: Hub }).aitelierHub ??= emptyHub());

const groupKey = (scope: Scope) => `${scope.teamId}|${scope.role}|${String(scope.projectIds)}`;

/** What has changed since, with the numbers that go with it. No look: whoever asks first after a crash writes down since when there is news. */
const read = (scope: Scope, since: Place | null, unrated?: Telling) =>
	scope.tx(async (tx) => {
		const { changes, ...found } = await newsSince(tx, since);
		const projects = projectsIn(changes);
		const numbers = unrated && projects.length > 0 ? await unrated(tx, projects) : {};
		const told = Object.keys(numbers).length > 0 ? { unrated: numbers } : {};
		return { ...found, changes, newsFor: (tab: string | null): News => ({ ...newsFor(tab, changes), ...told }) };
	});

const look = async (group: Group) => {
	const { upto, changes, isLost, newsFor } = await read(group.scope, group.heard!, group.unrated);
	group.heard = upto;
	if (!isLost && changes.length === 0) return;
	const place = placeToSend(upto);
	for (const { tab, send } of group.readers) send({ place, news: isLost ? lostNews : newsFor(tab) });
};

/** One look at a time for a group; news that arrives meanwhile causes one more. */
const wake = (group: Group) => {
	group.again = true;
	if (group.heard === undefined) return; // it is woken when it has begun
	group.looking ??= (async () => {
		try {
			while (group.again && group.readers.size > 0) {
				group.again = false;
				const startedAt = performance.now();
				await look(group);
				const tookMs = performance.now() - startedAt;
				await pause(Math.max(breathMs, 2 * tookMs), undefined, { ref: false });
			}
		} catch (problem) {
			log.warn('hub', { problem: String(problem) });
			setTimeout(() => wake(group), tryAgainMs).unref();
		} finally {
			group.looking = undefined;
		}
	})();
};

const wakeTeams = (teams: Iterable<string>) => {
	const named = new Set(teams);
	for (const group of hub.groups.values()) if (named.has(group.scope.teamId)) wake(group);
};

const teamsHere = () => [...new Set([...hub.groups.values()].map(({ scope }) => scope.teamId))];

/** One question for all teams with readers. */
const askForNews = async () => {
	if (hub.asked === undefined) return;
	const teams = teamsHere();
	try {
		const [row] = await plainPool()`select upto, changed from teams_with_news(${teams}::uuid[], ${hub.asked})`;
		hub.asked = row!.upto as Place;
		// and those whose first page came while it was asked
		wakeTeams([...(row!.changed as string[]), ...teamsHere().filter((team) => !teams.includes(team))]);
	} catch (problem) {
		log.warn('hub', { problem: String(problem) });
	}
};

/** Nobody waits for it: whoever subscribes before it hears is woken when it does, and after each loss of the connection. */
const beginToHear = () => {
	hub.unlisten ??= listen(
		channel,
		(payload) => wakeTeams(payload.split(',')),
		() => hub.groups.forEach(wake)
	);
	hub.timer ??= setInterval(askForNews, askEveryMs).unref();
};

const openGroup = (scope: Scope, unrated?: Telling): Group => {
	const group: Group = {
		scope: unattended(scope),
		readers: new Set(),
		unrated,
		again: false,
		begun: Promise.resolve()
	};
	group.begun = group.scope
		.tx((tx) => newsSince(tx, null))
		.then(({ upto }) => {
			group.heard = upto;
			hub.asked ??= upto;
			wake(group);
		});
	return group;
};

/**
 * Sends what changes in the scope's team from now on, or from after `since`, to one page: what it has itself done apart from the
 * rest. A message only names what changed; the page asks for it again with its own rights. Returns the way to stop.
 */
export const subscribe = async (
	scope: Scope,
	{ since = null, tab = null, unrated }: { since?: Place | null; tab?: string | null; unrated?: Telling },
	send: Reader['send']
): Promise<() => void> => {
	beginToHear();
	const key = groupKey(scope);
	const group = hub.groups.get(key) ?? openGroup(scope, unrated);
	hub.groups.set(key, group);
	const reader: Reader = { tab, send };
	const leave = () => {
		group.readers.delete(reader);
		if (group.readers.size > 0 || hub.groups.get(key) !== group) return;
		hub.groups.delete(key);
		if (hub.groups.size === 0) hub.asked = undefined;
	};
	// first among the readers, then what was missed: something may be told twice, and nothing falls in between
	group.readers.add(reader);
	try {
		await group.begun;
		if (since !== null) await tellMissed(group, reader, since);
	} catch (problem) {
		leave();
		throw problem;
	}
	return leave;
};

const tellMissed = async ({ scope, unrated }: Group, { tab, send }: Reader, since: Place) => {
	const { upto, changes, isLost, newsFor } = await read(scope, isPlace(since) ? since : null, unrated);
	const place = placeToSend(upto);
	if (isLost || !isPlace(since)) send({ place, news: lostNews });
	else if (changes.length > 0) send({ place, news: newsFor(tab) });
};

/** Ends LISTEN; open streams are closed by http/stream.ts. */
export const stopHub = () => {
	clearInterval(hub.timer);
	hub.timer = undefined;
	hub.unlisten?.();
	hub.unlisten = undefined;
	hub.asked = undefined;
	hub.groups.clear();
};
