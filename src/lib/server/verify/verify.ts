import type postgres from 'postgres';
import type { Message } from '../../core/examples/example.ts';
import { type ExampleMark, marksOf, marksVersion } from '../../core/examples/marks.ts';
import { signatureOf, signedTogether } from '../../core/text/signature.ts';
import { factsOf } from '../examples/rows.ts';
import { said } from '../examples/signatures.ts';
import { promptHashOf } from '../prompts/rows.ts';
import { verifyAudit } from './audit.ts';
import { comparisons } from './comparisons.ts';
import type { Head } from './heads.ts';
import { compareResults } from './results.ts';
import { compareRunPrompts } from './run-prompts.ts';

/** So many rows are in memory at once; a conversation has 400,000 characters at most. */
const atOnce = 50;

/** What was looked at: the summary's numbers. */
export type Verified = Record<
	'teams' | 'examples' | 'ratings' | 'rewrites' | 'runs' | 'evaluations' | 'audit entries' | 'erased addresses in them',
	number
>;

type Report = (sentence: string) => void;

/**
 * Computes anew what is derived, of every team: means, counts, the current rewrite, the marks of training, the hashes of
 * examples, prompts and preferences and of what runs were sent, what a checklist says of each example, what each of its lines asks, what a search goes by, what came out of evaluations, the chains of the
 * audit logs. `sql` is the owner's: nobody else sees all teams. Tells each difference as a sentence
 * and changes nothing; returns also where each chain ends, for the next time: as `kept`. All of it at one moment, so that it may run while people work; rows are streamed.
 */
export const verify = (
	sql: postgres.Sql,
	report: Report,
	kept: Head[] = []
): Promise<{ seen: Verified; heads: Head[] }> =>
	sql.begin('isolation level repeatable read read only', async (tx) => {
		await tx`set local statement_timeout = 0`;
		for (const { sql: text, says } of comparisons) {
			for await (const rows of tx.unsafe(text).cursor(atOnce)) {
				for (const row of rows as postgres.Row[]) report(`${at(row)}: ${says(row)}`);
			}
		}
		await compareHashes(tx, report);
		await comparePromptHashes(tx, report);
		await compareSignatures(tx, report);
		await compareRunPrompts(tx, (row, sentence) => report(`${at(row)}: ${sentence}`));
		await compareResults(tx, (row, sentence) => report(`${at(row)}: ${sentence}`));
		const heads = await verifyAudit(tx, report, kept);
		const [counts] = await tx`
			select (select count(*) from teams)::int as teams, (select count(*) from examples)::int as examples,
				(select count(*) from ratings)::int as ratings, (select count(*) from rewrites)::int as rewrites,
				(select count(*) from runs)::int as runs, (select count(*) from evaluations)::int as evaluations,
				(select count(*) from audit_entries)::int as "audit entries",
				(select count(*) from audit_links where erased_at is not null)::int as "erased addresses in them"`;
		return { seen: counts as Verified, heads };
	}) as Promise<{ seen: Verified; heads: Head[] }>;

const at = ({ team, project }: Record<string, unknown>) => `Team ${team}, project ${project}`;

const listed = (marks: readonly string[]) => marks.join(', ') || 'none';

/** By the same function that wrote them: what is the same prompt is decided in one place. */
const compareHashes = async (tx: postgres.TransactionSql, report: Report) => {
	const examples = tx<
		{
			team: string;
			project: string;
			number: number;
			messages: Message[];
			content: Buffer;
			prompt: Buffer;
			tokens: number;
			brought: string | null;
			source: string | null;
			isMarked: boolean;
			marks: ExampleMark[];
		}[]
	>`
		select t.slug as team, p.slug as project, x.number, x.messages, x.content_hash as content, x.prompt_hash as prompt, x.tokens, x.source,
			x.number <= p.marked and p.marked_by = ${marksVersion} as "isMarked", coalesce(m.marks, '{}') as marks,
			-- a file may bring a rewrite along: then its tokens were counted
			case when x.import_id is not null then (
				select w.output from rewrites w where w.team_id = x.team_id and w.example_id = x.id order by w.seq limit 1
			) end as brought
		from examples x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id
			left join example_marks m on m.team_id = x.team_id and m.project_id = x.project_id and m.number = x.number`;
	for await (const rows of examples.cursor(atOnce)) {
		for (const { messages, content, prompt, tokens, brought, source, isMarked, marks, ...row } of rows) {
			const say = (sentence: string) => report(`${at(row)}: example ${row.number} ${sentence}`);
			let facts: ReturnType<typeof factsOf>;
			try {
				facts = factsOf(messages, null);
			} catch {
				say('has turns that can not be read.');
				continue;
			}
			if (!facts.promptHash.equals(prompt))
				say('has the hash of another prompt: nobody would notice it on both sides of the split.');
			if (!facts.contentHash.equals(content)) say('has the hash of another conversation.');
			if (facts.tokens !== tokens && (brought === null || factsOf(messages, brought).tokens !== tokens))
				say(`is said to have ${tokens} tokens; it has ${facts.tokens}.`);
			const own = marksOf({ messages, source });
			if (isMarked && own.join() !== marks.join())
				say(`is said to have the marks ${listed(marks)}; by its text it has ${listed(own)}.`);
		}
	}
};

/** Of what is known by its prompt alone: what the pool asks, and what somebody preferred an answer to. */
const comparePromptHashes = async (tx: postgres.TransactionSql, report: Report) => {
	const asked = tx<{ team: string; project: string; what: string; messages: Message[]; hash: Buffer }[]>`
		select t.slug as team, p.slug as project, x.what, x.messages, x.hash
		from (
			select team_id, project_id, 'prompt ' || number as what, messages, prompt_hash as hash from prompts
			union all
			select team_id, project_id, 'a preference for ' || to_json(chosen_by), prompt, prompt_hash from playground_pairs
		) x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id`;
	for await (const rows of asked.cursor(atOnce)) {
		for (const { what, messages, hash, ...row } of rows) {
			const say = (sentence: string) => report(`${at(row)}: ${what} ${sentence}`);
			let own: Buffer;
			try {
				own = promptHashOf(messages);
			} catch {
				say('has turns that can not be read.');
				continue;
			}
			if (!own.equals(hash))
				say('has the hash of another prompt: nobody would notice that it both trains and measures.');
		}
	}
};

/** A search reads only what is signed with all its marks: one that lacks some hides what is there. */
const compareSignatures = async (tx: postgres.TransactionSql, report: Report) => {
	const signed = tx<{ team: string; project: string; block: number; bits: Buffer; texts: Message[][] }[]>`
		select t.slug as team, p.slug as project, x.block, x.bits, (
			select json_agg(e.messages) from examples e
			where e.team_id = x.team_id and e.project_id = x.project_id
				and e.number between x.block * ${signedTogether}::int and (x.block + 1) * ${signedTogether}::int - 1
		) as texts
		from example_signatures x join teams t on t.id = x.team_id join projects p on p.team_id = x.team_id and p.id = x.project_id`;
	for await (const rows of signed.cursor(1)) {
		for (const { block, bits, texts, ...row } of rows) {
			const marks = signatureOf((texts ?? []).flat().flatMap(said));
			if (!marks.every((byte, place) => (byte & ~(bits[place] ?? 0)) === 0))
				report(
					`${at(row)}: a search does not find all that stands in the examples ${block * signedTogether} to ${(block + 1) * signedTogether - 1}: their signature is another.`
				);
		}
	}
};
