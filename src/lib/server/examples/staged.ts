import { type Scope, type Tx, noProject } from '../access/scope.ts';
import { markedToo } from './marks.ts';
import type { Chunk } from './stage.ts';

/** What may turn out: a conversation is known, its prompt stands on the other side, or was sent to a run as a preference. */
const hopes = ['23505', 'AI003', 'AI009'];

/** A step: moves what is staged into the project, under the team's policies. Returns how many were new. */
export const addStaged = async (
	tx: Tx,
	scope: Scope,
	{ projectId, importId, chunk }: { projectId: string; importId: string; chunk: Chunk }
): Promise<number> => {
	const sql = tx.$client;
	const size = chunk.seen.size;
	if (chunk.splits > 0) await clearTornSplits(tx);
	if (chunk.prompted > 0) await dropTrained(tx, projectId);

	// The update makes imports into one project wait for each other. What is there already keeps its number, which leaves a gap.
	const insert = async (known: 'refused' | 'skipped') => {
		const { count } = await sql`
			with numbers as (
				update projects set next_example = next_example + ${size}, ${markedToo(sql, size)}
				where id = ${projectId} returning next_example - ${size} as first
			)
			insert into examples (team_id, id, project_id, number, messages, source, content_hash, prompt_hash, tokens, split, origin, import_id, created_by)
			select ${scope.teamId}, id, ${projectId}, first + place, messages, source, content_hash, prompt_hash, tokens, split, 'import', ${importId}, ${scope.userId}
			from stage, numbers
			${known === 'skipped' ? sql`on conflict (team_id, project_id, prompt_hash, content_hash) where deleted_at is null do nothing` : sql``}`;
		return count;
	};
	// Skipping what is known asks the index twice for every row, and what leaks is looked up by the lock as well (validation-lock.sql). Most files
	// are all new, and leak nothing: so that is tried first.
	const savepoint = sql`savepoint hopeful`.execute();
	savepoint.catch(() => {}); // awaited below; a connection that dies must not leave it unhandled
	const count = await insert('refused').catch(async (problem) => {
		if (!hopes.includes(problem.code)) throw problem;
		await sql`rollback to savepoint hopeful`;
		if (chunk.splits > 0) await clearLeakingSplits(tx, projectId);
		return insert('skipped');
	});
	await savepoint;
	if (count === 0) {
		const back = await sql`
			update projects set next_example = next_example - ${size}, marked = least(marked, next_example - ${size} - 1) where id = ${projectId}`;
		if (back.count === 0) throw noProject(); // deleted meanwhile
		return 0;
	}
	if (chunk.marked > 0) await addMarks(tx, projectId);
	if (chunk.opinions > 0) await addOpinions(tx, scope, projectId);
	return count;
};

/** The marks of the examples that are new. */
const addMarks = (tx: Tx, projectId: string) => tx.$client`
	insert into example_marks (project_id, number, marks)
	select ${projectId}, number, string_to_array(stage.marks, ',') from stage join examples using (id) where stage.marks is not null`;

/** The scores and rewrites of the file count as those of whoever brought it, for the examples that are new. */
const addOpinions = async (tx: Tx, scope: Scope, projectId: string) => {
	const sql = tx.$client;
	await sql`
		insert into rewrites (project_id, example_id, person_id, output, client_id)
		select ${projectId}, id, ${scope.voterId}, stage.rewrite, gen_random_uuid()
		from stage join examples using (id) where stage.rewrite is not null`;
	await sql`
		insert into ratings (project_id, example_id, person_id, score, text, client_id)
		select ${projectId}, id, ${scope.voterId}, stage.rating, text_mark(stage.rewrite), gen_random_uuid()
		from stage join examples using (id) where stage.rating is not null`;
};

/** A prompt that the file has on both sides has none. */
const clearTornSplits = (tx: Tx) => tx.$client`
	update stage set split = null
	where split is not null
		and prompt_hash in (select prompt_hash from stage where split is not null group by 1 having min(split) <> max(split))`;

/**
 * A split in the file is taken over unless its prompt already stands on the other side. Each question has an
 * index of its own, and both are asked for one prompt after the other: what a thousand teams say of a project is no help to a planner.
 */
const clearLeakingSplits = async (tx: Tx, projectId: string) => {
	const sql = tx.$client;
	await sql`select from projects where id = ${projectId} for no key update`; // nobody adds the other side meanwhile
	const here = sql`e.project_id = ${projectId} and e.prompt_hash = s.prompt_hash`;
	await sql`
		update stage s set split = null
		where s.split is not null and (
			exists (select from examples e where ${here} and e.deleted_at is null and e.split <> s.split)
			or exists (
				select from examples e
				where ${here} and (e.trained or e.reserved or (e.split = 'validation' and e.deleted_at is not null))
					and (e.split <> s.split or ((e.trained or e.reserved) and s.split = 'validation'))
			)
			or (s.split = 'validation' and exists (
				select from playground_pairs p where p.project_id = ${projectId} and p.prompt_hash = s.prompt_hash and p.ordered
			))
		)`;
};

/** A training file that comes back has the project's system prompt before each of its conversations, which are here without it. */
const dropTrained = (tx: Tx, projectId: string) => tx.$client`
	delete from stage s using examples e
	where e.project_id = ${projectId} and e.prompt_hash = s.prompt_hash and e.content_hash = s.bare_hash and e.deleted_at is null`;
