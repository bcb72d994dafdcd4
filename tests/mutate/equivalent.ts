/**
 * Mutants that change nothing anybody could see, each with its reason. One that no mutant answers to any more fails the run:
 * the reason has gone with it. A pattern stands for several that have the same reason.
 */
export const equivalent: { mutant: string | RegExp; because: string }[] = [
	{
		mutant: 'triggers/mark_rating: without e.team_id = new.team_id',
		because: 'it runs as whoever rates, to whom row level security shows one team'
	},
	{
		mutant: /^triggers\/refuse_uncounted_pairs: without [ep]\.team_id = n\.team_id$/,
		because: 'it runs as whoever reveals, to whom row level security shows one team'
	},
	{
		mutant: /^triggers\/(refuse_leak_added|follow_examples): without o\.id <> n/,
		because: 'a row stands on one side, so it never answers to the conditions that speak of both'
	},
	{
		mutant:
			/^triggers\/(refuse_leak_added: never o\.(trained|reserved)|follow_examples: never o\.(trained|reserved) \(2\))$/,
		because: 'what the first look leaves out the second one finds, which asks the same whether it is deleted or not'
	},
	{
		mutant:
			/^triggers\/(refuse_leak_added: (without \(o\.trained or o\.reserved or o\.deleted_at is not null\)|never o\.(trained|reserved) \(2\))|follow_examples: (without \(o\.trained or o\.reserved or o\.deleted_at is not null\) \(2\)|never o\.(trained|reserved) \(3\)))$/,
		because: 'said for the partial index: what it keeps out is not deleted, and the first look has found that'
	},
	{
		mutant:
			/^triggers\/follow_examples: (without \(o\.trained or o\.reserved or o\.deleted_at is not null\)|never o\.(trained|reserved)|without exists \(select from held\)|without o\.team_id = here\.team_id \(2\))$/,
		because: 'only saves looks: of what is held the second look finds what is deleted, and the first one the rest'
	},
	{
		mutant:
			/^triggers\/follow_examples: without (case here\.split when .*|o\.team_id = here\.team_id|o\.prompt_hash = any \(here\.hashes\)|o\.deleted_at is null)$/,
		because:
			'only saves looks: where more is met than what stands on the other side, one prompt after the other is looked up'
	},
	{
		mutant: "triggers/follow_examples: never current_setting('server_version_num')::int < 180000",
		because: 'the database of the tests is of a later version, and asks whether anything is met'
	},
	{
		mutant: "triggers/follow_examples: never look.gone_over = '{}'",
		because: 'only saves looks: where nothing moved no project is locked, and nothing is asked about'
	},
	{
		mutant: 'triggers/follow_examples: without a.stands <> a.stood',
		because: 'only saves a look: the loop finds nothing where nothing was deleted or came back'
	},
	{
		mutant: "triggers/empty_outbox: never extract(hour from clock_timestamp() at time zone 'UTC') <> hour",
		because: 'comes about only where a lock is waited for over the full hour'
	},
	{
		mutant: /^triggers\/(empty_outbox: without lock_not_available|send_job: without unique_violation)$/,
		because: 'no condition, but the name of an error that is caught: it cannot be left out'
	},
	{
		mutant: 'triggers/send_job: never found',
		because: 'only saves the insert that comes next, which finds the row that was just put off'
	},
	{
		mutant: 'triggers/teams_with_news: without outbox.xid >= pg_snapshot_xmin(heard::pg_snapshot)',
		because: 'said for the index: what is older than all that was open is seen by the snapshot, which is asked next'
	},
	{
		mutant:
			/^triggers\/search_examples: never (before is null|e\.number < before|points is null|public\.whole_points\(e\.rating\) = any \(points\)|sides is null|coalesce\(e\.split, ''\) = any \(sides\)) \(2\)$/,
		because: 'of the newest it finds none: where that is not enough, all are asked next, and that finds the same'
	},
	{
		mutant: 'triggers/search_examples: without e.rewrite is not null',
		because: 'of the newest it looks at fewer that have a rewrite; where that is not enough, all are asked next'
	},
	{
		mutant: 'triggers/search_examples: without w.output ilike rewrites',
		because:
			'said so that it begins with few rows: the rewrite that stands is asked too, and is the output of one of them'
	},
	{
		mutant: /^triggers\/(follow_examples: without n\.family|learnt_(among|by): without x\.family) is not null$/,
		because: 'said for the partial index: no family is equal to none'
	},
	{
		mutant: 'triggers/settle_rating: never not found',
		because: 'without such an example there is no text that a rating could be of: the next question says no'
	},
	{
		mutant: 'triggers/leave_request: without r.status is null',
		because: 'an answer is written together with the mark that it acted, which is asked before'
	},
	{
		mutant: `triggers/teams_with_open_work: without state = 'waiting'`,
		because: 'a check of the table says that only what waits has a time for it; it is said for the partial index'
	},
	{
		mutant: `triggers/take_device: never outcome = 'gone'`,
		because: 'nothing after it finds a request that is good, so the same is said'
	},
	{
		mutant: 'triggers/runs_accepted: without (not old.accepted or not new.accepted)',
		because: 'of a run that has accepted, and says so, the function says the same'
	},
	{
		mutant:
			/^triggers\/runs_settled: without (not old\.accepted|not new\.accepted|old\.status not in \('failed', 'cancelled'\))$/,
		because: 'an order that was settled is settled again: the marks follow from what stands, and come out the same'
	},
	{
		mutant: 'triggers/runs_settled: not asked when accepted is written',
		because: 'whoever writes that alone changes nothing: it follows from the other columns'
	},
	{
		mutant: 'projects/server/access/own-scores.ts: r.project_id = ${projectId} → true',
		because: 'said for the index: whoever asks looks among the examples of the project for what it finds'
	},
	{
		mutant: 'projects/server/prompts/queries.ts: eq(prompts.projectId, projectId) → undefined',
		because: 'only finds more ids, and a page takes those of its project from among them'
	},
	{
		mutant: /^projects\/(mark_trained: never e|hold_pairs: never p)\.project_id <> n\.project_id$/,
		because: 'the key to it carries the project, and keys are asked before a trigger of the statement'
	},
	{
		mutant: /^triggers\/(add_remark|cast_vote): without v\.evaluation_id = paper\.evaluation_id$/,
		because: 'a ballot is of one evaluation, and the key from a vote to its ballot carries both'
	},
	{
		mutant: /^triggers\/(add_remark: without not happened|cast_vote: without not written)$/,
		because: 'an id is taken once in a team: where this one has just been written, no other ballot has it'
	},
	{
		mutant: 'triggers/hold_pairs: without not p.ordered',
		because: 'only saves a write: what was sent before is marked as it was'
	},
	{
		mutant: /^triggers\/purge_account: without e\.action in \('member\.invited'/,
		because: 'said for the partial index: no other event carries an address, as a test holds (ends.test.ts)'
	},
	{
		mutant: /^triggers\/history_of: (never not is_rated and not is_rewritten|without [rw]\.example_id = example)$/,
		because: 'only saves the questions that come next: where there is nothing they find nothing'
	},
	{
		mutant: /^triggers\/settle_rating: without r\.(team_id = team|example_id = example) \(2\)$/,
		because:
			'a place in the order is given once, whoever rates what; it is said so that the index that begins with them is taken'
	},
	{
		mutant: /^triggers\/purge: (never (removed|emptied) = most|without removed >= most)$/,
		because: 'only saves looks: of what comes after it at most none is asked for'
	},
	{
		mutant: 'triggers/rate_example: without not is_present',
		because: 'the text that stands is the original or that of a rewrite, and both are asked beside it'
	},
	{
		mutant:
			/^triggers\/(guest_pairings|guest_ballot|cast_guest_vote): without [bnv]\.evaluation_id = ((p|b|v)\.evaluation_id|any \((a\.)?contests\))( \(2\))?$/,
		because:
			'a pair and a ballot are of one comparison, a guest of what is judged with it; it is said so that the indexes that begin with it are taken'
	},
	{
		mutant:
			/^triggers\/(derive_ratings: never (\(select count\(\*\) from new_rows\) = 1|found)|follow_examples: never (one\.rows = 1 and one\.stays|\(one\.was_rewritten, one\.was_trained, one\.old_tokens\) = .*))$/,
		because: 'only saves time: what comes after it for many does the same for one'
	},
	{
		mutant:
			'triggers/derive_ratings: without (e.team_id, e.id) in (select n.team_id, n.example_id from new_rows n) (2)',
		because: 'only saves time: of an example that nobody has rated now the same follows as before'
	},
	{
		mutant: 'triggers/derive_ratings: without fresh.team_id = r.team_id',
		because: 'the database numbers ratings of all teams together, so that no number is given twice'
	},
	{
		mutant: /^triggers\/follow_examples: without s\.(points|split) = (one|m)\.(old_)?(points|split)$/,
		because: 'said for the key: a number is given once in a project, and stands in one place'
	},
	{
		mutant: 'triggers/follow_examples: without m.stood',
		because: 'only saves looks: of what was deleted there is no standing'
	},
	{
		mutant:
			'triggers/follow_examples: without (a.rating, a.split, a.stands) is distinct from (a.old_rating, a.old_split, a.stood)',
		because: 'only saves writes: what stays where it was is written there again'
	},
	{
		mutant: 'triggers/teams_with_open_work: without r.preparing is null',
		because: 'what is being prepared is looked at anyway: it is among what has to be closed'
	},
	{
		mutant:
			/^triggers\/refuse_leak_added: (never not exists \(select from new_rows n where n\.split is not null\)|without n\.split is not null)$/,
		because: 'only saves looks: of rows without a side no project is locked, and nothing is refused to them'
	},
	{
		mutant: /^triggers\/refuse_leak_added: without split is not null( \([23]\))?$/,
		because:
			'rows without a side are looked at, and nothing is refused to them; of what is added together all is of one project, which is locked anyway'
	},
	{
		mutant: 'triggers/hold_request: without r.status is null',
		because: 'of what was answered nobody asks any more how long it is held'
	},
	{
		mutant: 'projects/learnt_by: without x.project_id = project',
		because:
			'said for the index: the key from what a run learns to its example carries the project, and whoever asks names that of the run'
	},
	{
		mutant:
			/^projects\/purge: without (since > \(select a\.created_at from public\.activities|a\.project_id = p\.id$|a\.project_id = place\.id$)/,
		because:
			'what goes is asked its own age: more projects are looked at, or the oldest of the team go first, and the same are gone in the end'
	},
	{
		mutant: 'triggers/follow_examples: without not f.stands',
		because:
			'the standings of what stands are changed first, and what a statement has changed it does not delete as well'
	},
	{
		mutant: 'triggers/settle_examples: without o.run_id <> run',
		because:
			'the run itself has accepted or is over where anything is written, and what is asked next says no to either'
	},
	{
		mutant: 'projects/server/evaluations/few-shot.ts: eq(examples.projectId, projectId) → undefined',
		because: 'an id is given once in a team, and these are of examples that were chosen in this project'
	},
	{
		mutant: /^projects\/server\/ratings\/queue\.ts: [tc]\.project_id = \$\{id\} → true$/,
		because: 'only saves a look: where more are said to be there than are left, they are looked for, and none is found'
	},
	{
		mutant: 'triggers/hold_example: never not found',
		because: 'only saves a question: of what is not there nothing was said, and nobody looks at it without a number'
	},
	{
		mutant: 'triggers/count_examples_added: without a.count > 0',
		because: 'only saves a row: nothing is added to a counter, or a new one has nothing'
	},
	{
		mutant: 'triggers/drawn_measures: without s.points between 0 and 10',
		because: 'said for the key: there are no other points'
	},
	{
		mutant: /^triggers\/(drawn_measures|measured_among): without x\.family is not null$/,
		because: 'said for the partial index: no family is equal to none'
	},
	{
		mutant: 'triggers/drawn_measures: without x.family is null',
		because: 'said so that each is looked for once: whose prompt is the name of a family is in it, and found by it'
	},
	{
		mutant: 'projects/server/examples/export.ts: project_id = ${projectId} → true (2)',
		because: 'it only says where a page ends: there are more pages, with the same lines in all'
	}
];
