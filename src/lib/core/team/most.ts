import { AppError } from '../errors.ts';
import { mostKeys } from '../keys/rules.ts';
import { mostWebhooks } from '../webhooks/rules.ts';

/** How many a team may have of what a page lists whole, by the table: `drizzle/functions/most.sql` holds it. */
export const mostOfTeam = {
	members: 1_000,
	/** Those that nobody has answered. */
	invitations: 200,
	connections: 100,
	projects: 500,
	/** Those that work. */
	api_keys: mostKeys,
	webhook_endpoints: mostWebhooks
} as const;

const ways: Record<keyof typeof mostOfTeam, string> = {
	// read by whoever joins
	members: 'members, and has no room for another. Ask whoever invited you to make some',
	invitations: 'invitations that nobody has answered. Take one of them back',
	connections: 'connections. Remove one that no project uses',
	projects: 'projects. Delete one that nobody needs',
	api_keys: 'keys that work. End one that nobody needs',
	webhook_endpoints: 'webhooks. Remove one that nobody needs'
};

/** There are as many as a team may have. */
export const teamIsFull = (of: keyof typeof mostOfTeam): AppError =>
	new AppError('conflict', `The team has ${mostOfTeam[of].toLocaleString('en')} ${ways[of]}, then try again.`);
