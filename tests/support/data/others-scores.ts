import type postgres from 'postgres';
import type { World } from './world.ts';

/**
 * What others may have said, three times as differently as can be: nothing at all, the worst and the best. Applied by the owner of
 * the tables to one and the same world, so that ids and times stay; with the scores change all that is derived from them, and what
 * was said in evaluations that are not revealed: votes, scores and remarks.
 */
export const othersWorlds = ['nothing', 'worst', 'best'] as const;

export const letOthersSay = async (
	owner: postgres.Sql,
	w: World,
	what: (typeof othersWorlds)[number],
	/** Who reads: everybody else is one of the others. */
	reader = w.people.rater
): Promise<void> => {
	const score = { nothing: null, worst: 1, best: 10 }[what];
	const choice = { nothing: 'tie', worst: 'first', best: 'both_bad' }[what];
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`; // no trigger: evidence is changed here
		await sql`update ratings set score = ${score} where team_id = ${w.teamId} and person_id <> ${reader}`;
		const open = sql`team_id = ${w.teamId} and person_id <> ${reader} and evaluation_id in (
			select id from evaluations where team_id = ${w.teamId} and revealed_at is null and kind = `;
		await sql`update votes set choice = ${choice} where ${open} 'comparison')`;
		await sql`update votes set choice = ${String(score ?? 5)} where ${open} 'scoring')`;
		await sql`update remarks set first_score = ${score}, second_score = ${score}, note = ${what} where ${open} 'comparison')`;
		// what stands on an example besides the reader's own score
		await sql`
			update examples e set rating = found.mean, ratings_count = found.people
			from (
				select x.id, avg(latest.score) as mean, count(latest.score) as people
				from examples x left join lateral (
					select distinct on (r.person_id) r.score from ratings r
					where r.team_id = x.team_id and r.example_id = x.id and r.text = text_mark(x.rewrite) and r.voter = 'person'
					order by r.person_id, r.seq desc
				) latest on true
				where x.team_id = ${w.teamId} group by x.id
			) found
			where e.team_id = ${w.teamId} and e.id = found.id`;
		// only what others find good is dealt out
		const side = { nothing: null, worst: 'validation', best: 'train' }[what];
		await sql`update examples set split = ${side}, trained = ${what === 'best'} where team_id = ${w.teamId}`;
		await sql`select recount_examples()`;
	});
};
