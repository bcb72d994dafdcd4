// The only module that knows lucia (README: sessions): the id of a session lives in the cookie, its SHA-256 in the table.
import type { Cookies } from '@sveltejs/kit';
import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia, TimeSpan } from 'lucia';
import { EndEverySession, EndSession, ListSessions } from '../../contract/account.ts';
import { deviceWords } from '../../core/account/device.ts';
import { config } from '../platform/config.ts';
import { sha256 } from '../platform/crypto.ts';
import { purge } from '../platform/purge.ts';
import { plainPool } from '../platform/db/pools.ts';
import { type Entry, type Place, entryFrom } from './memberships.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';
import { asking } from './own-look.ts';
import type { Person, SignedInSession } from './signed-in.ts';

/** The session, and what its person finds at a place, in one look. */
const look = (id: string, place: Place | null) => {
	const hash = sha256(id);
	if (!place) return plainPool()`select s.*, s.name as person_name from session_by_hash(${hash}) s`;
	return plainPool()`
		select s.handle, s.person_id, s.email, s.name as person_name, s.expires_at, s.created_at,
			pg_current_snapshot()::text as heard, m.*
		from session_by_hash(${hash}) s
		left join lateral enter_team(s.person_id, ${place.team}, ${place.project ?? null}) m on true`;
};

const adapterAt = (place: Place | null): Adapter => ({
	async getSessionAndUser(id): Promise<[DatabaseSession | null, DatabaseUser | null]> {
		const rows = await look(id, place);
		const [row] = rows;
		if (!row) return [null, null];
		const entry = place && entryFrom(row.team_id ? rows : [], place);
		// lucia hands this id to update and delete, which hash it again: it must be the one it came with
		const attributes = { handle: row.handle, createdAt: row.created_at, entry };
		return [
			{ id, userId: row.person_id, expiresAt: row.expires_at, attributes },
			{ id: row.person_id, attributes: { email: row.email, name: row.person_name } }
		];
	},
	async getUserSessions() {
		return []; // would need ids, and there are only hashes: see listSessions
	},
	async setSession({ id, userId, expiresAt, attributes }) {
		await plainPool()`select start_session(${sha256(id)}, ${userId}, ${expiresAt}, ${attributes.userAgent ?? ''})`;
	},
	async updateSessionExpiration(id, expiresAt) {
		await plainPool()`select extend_session(${sha256(id)}, ${expiresAt})`;
	},
	async deleteSession(id) {
		await plainPool()`select end_session(${sha256(id)})`;
	},
	async deleteUserSessions(personId) {
		await plainPool()`select end_sessions_of(${personId})`;
	},
	async deleteExpiredSessions() {
		await purge('sessions');
	}
});

const sessionDays = 30;
const sessionMs = sessionDays * 24 * 60 * 60_000;

const luciaAt = (place: Place | null) => {
	const secure = config().origin.startsWith('https:');
	return new Lucia(adapterAt(place), {
		sessionExpiresIn: new TimeSpan(sessionDays, 'd'),
		// the prefix demands https; on http://localhost there is none to have
		sessionCookie: {
			name: secure ? '__Host-session' : 'session',
			expires: false,
			attributes: { secure, sameSite: 'lax' }
		},
		getUserAttributes: ({ email, name }) => ({ email, name }),
		getSessionAttributes: ({ handle, createdAt, entry }) => ({ handle, createdAt, entry })
	});
};

let made: ReturnType<typeof luciaAt> | undefined;
const lucia = () => (made ??= luciaAt(null));

declare module 'lucia' {
	interface Register {
		Lucia: ReturnType<typeof luciaAt>;
		UserId: string;
		DatabaseUserAttributes: { email: string; name: string };
		DatabaseSessionAttributes: { handle?: string; createdAt?: Date; userAgent?: string; entry?: Entry | null };
	}
}

/** What tells browsers apart that have not been looked up: null without a cookie. */
export const sessionMark = (cookies: Cookies): string | null => {
	const id = cookies.get(lucia().sessionCookieName);
	return id ? sha256(id).toString('hex') : null;
};

type Cookie = { name: string; value: string; attributes: object };
const put = (cookies: Cookies, { name, value, attributes }: Cookie) =>
	cookies.set(name, value, { path: '/', ...attributes });

/** Begins a session for a person who has just proved who they are; always a new one, whatever was in the cookie, and the browser's old one ends. */
export const startSession = async (cookies: Cookies, personId: string, userAgent: string) => {
	const old = cookies.get(lucia().sessionCookieName);
	if (old) await lucia().invalidateSession(old);
	const session = await lucia().createSession(personId, { userAgent: userAgent.slice(0, 300) });
	put(cookies, lucia().createSessionCookie(session.id));
};

/** Whoever is signed in, and with a place what they find there. */
type Present = { person: Person; session: SignedInSession; entry: Entry | null };

/**
 * Who the cookie belongs to, and with a place what they find there (`entry`); renews it after half its life, and removes one that is
 * over.
 */
export const currentSession = async (cookies: Cookies, place: Place | null = null): Promise<Present | null> =>
	(await lookUp(cookies, place))?.present ?? null;

const lookUp = async (cookies: Cookies, place: Place | null): Promise<{ present: Present; expiresAt: Date } | null> => {
	const id = cookies.get(lucia().sessionCookieName);
	if (!id) return null;
	const { session, user } = await (place ? luciaAt(place) : lucia()).validateSession(id);
	if (session?.fresh) put(cookies, lucia().createSessionCookie(session.id));
	if (!session) {
		await lucia().invalidateSession(id); // the row of one that is over
		put(cookies, lucia().createBlankSessionCookie());
		return null;
	}
	const present = {
		person: { id: user.id, email: user.email, name: user.name },
		session: { handle: session.handle!, signedInAt: session.createdAt! },
		entry: session.entry ?? null
	};
	return { present, expiresAt: session.expiresAt };
};

/** As many as a process remembers; the one that was looked up longest ago is forgotten. */
const mostRemembered = 2_000;
const remembered = new Map<string, { present: Present; untilAt: number }>();

/**
 * The same for a place in which somebody does something once a second. Whoever came there before is as they were then, `again` looks them
 * up: nothing of it holds before the database was asked about both, in the transaction of what they do (`Scope.authority`, `Scope.place`).
 */
export const returningSession = async (
	cookies: Cookies,
	place: Place & { project: string }
): Promise<{ present: Present | null; again?: () => Promise<Present | null> }> => {
	const mark = `${sessionMark(cookies)} ${place.team} ${place.project}`;
	const known = remembered.get(mark);
	const ask = async () => {
		remembered.delete(mark);
		const found = await lookUp(cookies, place);
		// not for longer than until it is to be renewed
		const untilAt = found ? found.expiresAt.getTime() - sessionMs / 2 : 0;
		if (found?.present.entry?.membership && found.present.entry.project) {
			remembered.set(mark, { present: found.present, untilAt });
			if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!);
		}
		return found?.present ?? null;
	};
	if (known && Date.now() < known.untilAt) return { present: known.present, again: ask };
	return { present: await ask() };
};

/** Signs this browser out. */
export const endSession = async (cookies: Cookies) => {
	const id = cookies.get(lucia().sessionCookieName);
	if (id) await lucia().invalidateSession(id);
	put(cookies, lucia().createBlankSessionCookie());
};

/** Signs the person out everywhere. */
export const endEverySession = command(EndEverySession, async (self) => {
	await ownDeed(self, (sql) => sql`select end_sessions_of(${self.person.id})`, 'ending');
});

/** Ends one of the person's sessions by its public handle. */
export const endSessionByHandle = command(EndSession, async (self, { handle }) => {
	await ownDeed(self, (sql) => sql`select end_sessions_of(${self.person.id}, ${handle})`, 'ending');
});

/** Where the person is signed in, the newest first. */
export const listSessions = query(ListSessions, async (self) => {
	const { person, session } = self;
	const rows = await asking(self)`select * from sessions_of(${person.id})`;
	return rows.map((row) => ({
		handle: row.handle as string,
		device: deviceWords(row.user_agent),
		createdAt: row.created_at as Date,
		current: row.handle === session?.handle
	}));
});
