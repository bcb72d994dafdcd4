/** Who has said what of one prompt, by their ids. */
export type Answered = { voted: readonly string[]; skipped: readonly string[] };

/**
 * Whether a prompt is out: it would get its votes, had nobody skipped it, and cannot get them now, because of all who may vote too few
 * are left. `people`: who may vote. Votes of somebody who has left stand.
 */
export const isOut = ({ voted, skipped }: Answered, people: readonly string[], votes: number): boolean => {
	const said = new Set([...voted, ...skipped]);
	const most = voted.length + people.filter((id) => !said.has(id)).length;
	return most < votes && most + skipped.length >= votes;
};
