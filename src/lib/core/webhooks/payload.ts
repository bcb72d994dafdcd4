/** What a name may have in a payload; a file can be called anything. */
const longestText = 200;

const shortened = (value: unknown): unknown => {
	if (typeof value === 'string') return value.length > longestText ? `${value.slice(0, longestText - 1)}…` : value;
	if (Array.isArray(value)) return value.slice(0, 100).map(shortened);
	return value;
};

type Named = { id: string; slug: string; name: string };

/**
 * The bytes that are sent, in the form of Standard Webhooks: what it is, when, and of what. The details are those of the event: names
 * and numbers, never a text that somebody wrote to teach.
 */
export const payloadOf = (
	type: string,
	at: Date,
	about: { team: Named; project: Named | null; subject: string; details: Record<string, unknown> }
): string => {
	const details = Object.fromEntries(Object.entries(about.details).map(([name, value]) => [name, shortened(value)]));
	const { team, project, subject: id } = about;
	return JSON.stringify({ type, timestamp: at.toISOString(), data: { id, team, project, ...details } });
};
