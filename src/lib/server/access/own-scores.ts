import { type SQL, sql } from 'drizzle-orm';
import { type Role, may } from '../../core/permissions.ts';
import { sha256 } from '../platform/crypto.ts';

// What others gave is hidden from whoever has not given their own score yet, and so is whatever follows from it: who may not see
// others' scores filters, sorts and counts by their own. What counts as one's own score is said in core/ratings/counting.ts.

/** Whether lists and counts show this role the mean of everybody's scores; else its own. */
export const seesScores = ({ role }: { role: Role }) => may(role, 'scores:seeOthers');

/** Which text of an example it is, as `ratings.text` keeps it: the same as `text_mark` in the database. */
export const markOf = (rewrite: string | null): Buffer => (rewrite === null ? Buffer.alloc(0) : sha256(rewrite));

/** What counts of one voter's ratings `r` of one text of an example: a group of rows. */
export const counting = sql<number | null>`
	case when (array_agg(r.score order by r.seq desc))[1] is not null
		then (array_agg(r.score order by r.settled desc, r.seq desc))[1] end`;

/** Asked once for a statement; a function in its place would be asked only after the policies, and no index with it. */
const acting = sql`(select app_voter())`;

// spelled out: drizzle leaves the table's name away when a query has one table, and `id` would mean the rating's
/** The acting voter's score of each example of a query: what counts of it for the text as it is. */
export const ownScores = sql<number | null>`(
	select ${counting} from ratings r
	where r.example_id = examples.id and r.person_id = ${acting} and r.text = text_mark(examples.rewrite))`;

/**
 * The acting voter's scores in a project as a table `mine` of project_id, example_id and score: what
 * counts, of examples that are there. As long as their ratings are many, whatever the planner expects: it looks each example up.
 */
export const mine = (projectId: string): SQL => sql`(
	select given.project_id, given.example_id, given.score from (
		select r.project_id, r.example_id, r.text, ${counting} as score
		from (
			-- in the order of an index that has one person's ratings and no other
			select r.* from ratings r
			where r.person_id = ${acting} and r.project_id = ${projectId}
			order by r.seq offset 0
		) r
		group by r.project_id, r.example_id, r.text
	) given
	where given.score is not null and given.text = (
		select text_mark(e.rewrite) from examples e where e.id = given.example_id and e.deleted_at is null
	)
) mine`;
