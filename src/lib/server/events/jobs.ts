import type { Scope } from '../access/scope.ts';
import { chainEntries } from './chain.ts';

/** Gives a place to the audit entries that a relay still owed one when it failed, or its process ended. */
export const linkUnlinked = ({ teamId }: Scope): Promise<void> => chainEntries(teamId);
