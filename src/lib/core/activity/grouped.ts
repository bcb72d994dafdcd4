/** One thing that somebody has done. */
export type Deed = { event: string; subject: string; actor: string | null; at: Date };
/** The same person's deeds of one kind in a row: the newest of them, how many there are, and to how many subjects. */
export type Group<D extends Deed> = { newest: D; count: number; subjects: number };

/** A longer pause begins a new line, in milliseconds: what was done in the morning and in the evening are two things. */
const pauseMs = 60 * 60_000;

/**
 * Deeds, the newest first, as at most `most` groups. Neighbours belong together when one actor did the same kind of thing
 * (`isGrouped` says of which kinds) without a long pause between them.
 */
export const grouped = <D extends Deed>(
	deeds: readonly D[],
	{ most, isGrouped }: { most: number; isGrouped: (event: string) => boolean }
): Group<D>[] => {
	const groups: (Group<D> & { oldest: D; seen: Set<string> })[] = [];
	for (const deed of deeds) {
		const group = groups.at(-1);
		const joins =
			group &&
			isGrouped(deed.event) &&
			deed.event === group.newest.event &&
			deed.actor === group.newest.actor &&
			group.oldest.at.getTime() - deed.at.getTime() <= pauseMs;
		if (joins) {
			group.count++;
			group.seen.add(deed.subject);
			group.oldest = deed;
		} else if (groups.length === most) break;
		else groups.push({ newest: deed, oldest: deed, count: 1, subjects: 1, seen: new Set([deed.subject]) });
	}
	return groups.map(({ newest, count, seen }) => ({ newest, count, subjects: seen.size }));
};
