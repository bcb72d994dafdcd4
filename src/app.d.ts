import type { Person, SignedInSession } from '$lib/server/identity/sessions';
import type { Scope } from '$lib/server/scope';
import type { Team } from '$lib/server/identity/teams';

declare global {
	namespace App {
		interface Error {
			code?: string;
			message: string;
			/** Of a bug: the line in the log carries the same id. */
			id?: string;
		}
		interface Locals {
			requestId: string;
			person: Person | null;
			session: SignedInSession | null;
			/** Set by `enterTeam` for every route below `[team=slug]`; only read there. */
			scope: Scope;
			team: Team;
		}
	}
}

export {};
