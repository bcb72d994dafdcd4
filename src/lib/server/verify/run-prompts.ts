// What is written down of a training file, held against the lines of the file, a part of it at a time.
import type postgres from 'postgres';
import { promptsIn } from '../runs/rows.ts';

type Found = {
	team: string;
	project: string;
	team_id: string;
	id: string;
	version: number;
	parts: number;
	gone: boolean;
};

/** What stands there and no example, nor any preference, of the run asks: the file has to. */
const unexplained = async (tx: postgres.TransactionSql, { team_id: team, id }: Found): Promise<Set<string>> => {
	const rows = await tx<{ hash: string }[]>`
		select encode(prompt_hash, 'hex') as hash from run_prompts where team_id = ${team} and run_id = ${id}
		except
		(select encode(e.prompt_hash, 'hex') from run_examples m join examples e on e.team_id = m.team_id and e.id = m.example_id
			where m.team_id = ${team} and m.run_id = ${id} and m.kind = 'train'
		union all
		select encode(p.prompt_hash, 'hex') from run_pairs m join playground_pairs p on p.team_id = m.team_id and p.id = m.pair_id
			where m.team_id = ${team} and m.run_id = ${id})`;
	return new Set(rows.map(({ hash }) => hash));
};

/** The texts of a file, one after the other. */
async function* textsOf(tx: postgres.TransactionSql, { team_id: team, id, parts }: Found): AsyncGenerator<string> {
	for (let place = 0; place < Math.max(parts, 1); place++) {
		const [row] = await tx<{ body: string | null }[]>`
			select body from run_files where team_id = ${team} and run_id = ${id} and kind = 'train' and ${place} = 0 and body is not null
			union all
			select body from run_file_parts where team_id = ${team} and run_id = ${id} and kind = 'train' and place = ${place} and ${place} < ${parts}::int
			limit 1`;
		if (row?.body) yield row.body;
	}
}

/** Of each run whose prompts are said to be written down. `tx` is the owner's, who sees all teams. */
export const compareRunPrompts = async (
	tx: postgres.TransactionSql,
	report: (row: { team: string; project: string }, sentence: string) => void
): Promise<void> => {
	const found = await tx<Found[]>`
		select t.slug as team, p.slug as project, x.team_id, x.id, x.version, coalesce(f.parts, 0) as parts, f.removed_at is not null as gone
		from runs x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id
			left join run_files f on f.team_id = x.team_id and f.run_id = x.id and f.kind = 'train'
		where x.hashed order by x.team_id, x.project_id, x.version`;
	for (const run of found) {
		const say = (sentence: string) => report(run, sentence);
		const more = await unexplained(tx, run);
		let missing = 0;
		try {
			for await (const text of textsOf(tx, run)) {
				const hashes = [...new Set(promptsIn(text))];
				const [row] = await tx<{ count: number }[]>`
					select count(*)::int as count from unnest(${hashes}::text[]) one (hash) where not exists (
						select from run_prompts where team_id = ${run.team_id} and run_id = ${run.id} and prompt_hash = decode(one.hash, 'hex')
					)`;
				missing += row!.count;
				for (const hash of hashes) more.delete(hash);
			}
		} catch (problem) {
			if (!(problem instanceof SyntaxError || problem instanceof TypeError)) throw problem;
			say(`the train file of v${run.version} has a line that can not be read.`);
			continue;
		}
		if (missing > 0)
			say(
				`of the prompts in the train file of v${run.version} ${missing} are not written down: it could be asked what it learnt.`
			);
		if (more.size > 0 && !run.gone)
			say(`v${run.version} is said to have learnt ${more.size} prompts that are not in its train file.`);
	}
};
