import type { IncomingMessage } from 'node:http';
import type { Person, SignedInSession } from '$lib/server/access/signed-in';
import type { ProjectScope, Scope } from '$lib/server/access/scope';
import type { Entry, Membership } from '$lib/server/access/memberships';

declare global {
	namespace App {
		interface Error {
			code?: string;
			message: string;
			/** Of a bug: the line in the log carries the same id. */
			id?: string;
		}
		/** Of the Node adapter; nothing of it is there where Vite serves. */
		interface Platform {
			req?: IncomingMessage;
		}
		interface Locals {
			requestId: string;
			person: Person | null;
			session: SignedInSession | null;
			/** What they find at the address, where it is below a team; for `enterTeam`. */
			entry: Entry | null;
			/** Where they were remembered: looks them up, and enters the place as whoever they are by now. Throws what a stranger is told. */
			again?: () => Promise<void>;
			/** Set by `enterTeam` for every route below `[team=slug]`; only read there. */
			scope: Scope;
			team: Membership;
			/** The place from which its live page goes on (events/news.ts). */
			heard: string;
			/** All the teams of the person, for the switcher. */
			teams: Membership[];
			/** Whether the address names a project that is there. */
			hasProject: boolean;
			/** The scope in the project of the address, for every route below `[project=slug]`. Throws *not found* when it is not there. */
			project: ProjectScope;
		}
	}
}

export {};
