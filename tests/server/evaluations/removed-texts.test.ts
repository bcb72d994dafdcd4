// Where the server is set so, the texts of answers go some time after the reveal. Verdict, votes and all that is said of them stay. Of the
// database (drizzle/functions/old-answers.sql): teams_with_old_answers, remove_answers.
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { revealResults, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import {
	listJudgings,
	priceJudging,
	retryJudging,
	startJudging
} from '../../../src/lib/server/evaluations/judgings.ts';
import {
	exportResults,
	exportScores,
	getResults,
	getScores,
	nextAnswers,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { removeOldTexts } from '../../../src/lib/server/evaluations/removed-texts.ts';
import { spentBy } from '../../../src/lib/server/evaluations/three-way-cost.ts';
import { sweepAll } from '../../../src/lib/server/jobs/worker.ts';
import { config } from '../../../src/lib/server/platform/config.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, judgings, outputs } from '../../../src/lib/server/platform/db/schema.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { answerAll, newBallot, newScoring, voteAs } from '../../support/data/evaluation.ts';
import { copyRows } from '../../support/database/copy-rows.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';

afterEach(() => void (config().keepDays.answers = undefined));
afterAll(() => closePools());

/** As long a time has passed since the reveal, and since the votes before it. */
const revealedAgo = async (id: string, days: number) => {
	await rewriteHistory('evaluations', async (sql) => {
		await sql`update evaluations set revealed_at = now() - make_interval(days => ${days}) where id = ${id}`;
		await sql`update votes set created_at = created_at - make_interval(days => ${days + 1}) where evaluation_id = ${id}`;
	});
};

/** Twelve pairs: one thinks aloud, one is cut off, one names a model, one says nothing, one has unusual signs. */
const said = ['<think>hm</think>Apple 0', 'Apple 1 …', 'Apple 2, says Qwen', 'Apple 3 \u{1f34e}\u{1f34e}'];
const write = (letter: 'a' | 'b', position: number) =>
	letter === 'a' ? (said[position] ?? `Apple ${position}`) : `Beech ${position} and more`;

const plain = (letter: 'a' | 'b', position: number) => `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`;

const revealed = async (days: number, { pairs = 12, most = 12, words = write } = {}) => {
	const ballot = await newBallot(pairs, words);
	let cast = 0;
	await voteAs(ballot.scope, ballot.slug, ballot.id, () => (cast++ < 7 ? 'a' : 'b'), most);
	const inside = await inProject(ballot.scope, ballot.slug);
	await revealResults(inside, { evaluationId: ballot.id });
	await revealedAgo(ballot.id, days);
	return { ...ballot, inside };
};

const resultsOf = async (inside: Awaited<ReturnType<typeof revealed>>['inside'], evaluationId: string) => {
	const found = await getResults(inside, { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};
const textOf = async ({ pieces }: { pieces: AsyncIterable<string | Uint8Array> }) =>
	(await Array.fromAsync(pieces, (piece) => Buffer.from(piece as string).toString())).join('');
const kept = (scope: Scope, id: string) =>
	scope
		.tx((tx) => tx.$count(outputs, eq(outputs.evaluationId, id)))
		.then(async (all) => {
			const rows = await scope.tx((tx) => tx.select().from(outputs).where(eq(outputs.evaluationId, id)));
			return { all, texts: rows.filter(({ text }) => text !== '').length };
		});

test('the texts go; the numbers, the checks, the votes and what is said of each answer stay', async () => {
	const { scope, inside, id, teamId } = await revealed(100);
	const [{ slug }] = (await owner`select slug from teams where id = ${teamId}`) as unknown as [{ slug: string }];
	const before = await resultsOf(inside, id);
	const file = JSON.parse(await textOf(await exportResults(inside, { evaluationId: id, format: 'json' })));
	const [evaluation] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id)));
	const spent = await scope.tx((tx) => spentBy(tx, evaluation!, 'a'));
	const texts = await scope.tx((tx) => tx.select().from(outputs).where(eq(outputs.evaluationId, id)));

	expect(await removeOldTexts(scope, 95)).toBe(24);
	expect(await kept(scope, id)).toEqual({ all: 24, texts: 0 });
	const after = await resultsOf(inside, id);
	const without = (results: typeof before) => ({
		...results,
		textsRemovedAt: null,
		rows: {
			...results.rows,
			list: results.rows.list.map((pair) => ({ ...pair, a: { ...pair.a, text: null }, b: { ...pair.b, text: null } }))
		}
	});
	expect(without(after)).toEqual(without(before));
	expect(after.textsRemovedAt).toBeInstanceOf(Date);
	expect(after.rows.list).toHaveLength(12);
	expect(after.rows.list.every(({ a, b }) => a.text === null && b.text === null)).toBe(true);
	expect(after.rows.list.find(({ a }) => a.named)?.a).toMatchObject({ named: 'qwen', complete: true });
	for (const show of ['cut-off', 'thinking', 'named'] as const) {
		const found = await getResults(inside, { evaluationId: id, show, page: 1 });
		expect('results' in found && found.results.rows.count, show).toBe(1);
	}
	expect(await scope.tx((tx) => spentBy(tx, evaluation!, 'a'))).toEqual(spent);

	// of each its hash
	const rows = await scope.tx((tx) => tx.select().from(outputs).where(eq(outputs.evaluationId, id)));
	for (const { id: of, text } of texts)
		expect(rows.find((row) => row.id === of)).toMatchObject({
			text: '',
			sha256: createHash('sha256').update(text).digest('hex'),
			removedAt: expect.any(Date)
		});

	const exported = JSON.parse(await textOf(await exportResults(inside, { evaluationId: id, format: 'json' })));
	expect(exported.textsRemovedAt).not.toBeNull();
	expect(exported.comparisons).toEqual(
		file.comparisons.map((row: object) => ({ ...row, answer_a: null, answer_b: null }))
	);
	const room = await mkdtemp(path.join(os.tmpdir(), 'aitelier-removed-'));
	const script = fileURLToPath(new URL('../../../examples/verdict/recompute.mjs', import.meta.url));
	await writeFile(path.join(room, 'results.json'), JSON.stringify(exported));
	const { stdout } = await promisify(execFile)(process.execPath, [script, path.join(room, 'results.json')]);
	expect(stdout).toContain('checks.length');
	await rm(room, { recursive: true });
	const [csvHead, first] = (await textOf(await exportResults(inside, { evaluationId: id, format: 'csv' }))).split(
		'\r\n'
	);
	expect(csvHead!.endsWith(',length_a,length_b')).toBe(true);
	expect(first).not.toContain('Apple');

	expect(await removeOldTexts(scope, 95)).toBe(0);
	const found = async () => {
		const wrong: string[] = [];
		await verify(owner, (sentence) => wrong.push(sentence));
		const where = `Team ${slug}, project support: `;
		// what the tests write by hand has other faults
		return wrong.flatMap((said) =>
			said.startsWith(where) && said.includes('comparison 1') ? said.slice(where.length) : []
		);
	};
	expect(await found()).toEqual([]);
	await rewriteHistory('evaluations', (sql) => sql`update evaluations set revealed_at = null where id = ${id}`);
	expect(await found()).toEqual([
		'of comparison 1 the texts of 24 answers were removed, and nobody has revealed it.',
		'what is kept of comparison 1 is not what its votes make: result, counted.'
	]);
	await revealedAgo(id, 100);
	await owner`update outputs set removed_at = null, sha256 = null, told = null where id = ${texts[0]!.id}`;
	// and it is no longer what was counted of it
	expect(await found()).toEqual([
		'comparison 1 says that the texts of its answers were removed; 1 are there.',
		expect.stringMatching(/^what is kept of comparison 1 is not what its votes make: .*pairs\.$/)
	]);
});

test('not before its time, never before ninety days, and of nothing that is open', async () => {
	const young = await revealed(94);
	expect(await removeOldTexts(young.scope, 95)).toBe(0);
	await revealedAgo(young.id, 89);
	expect(await removeOldTexts(young.scope, 1)).toBe(0);
	await revealedAgo(young.id, 91);
	expect(await removeOldTexts(young.scope, 1)).toBe(24);

	const open = await newBallot(3);
	expect(await removeOldTexts(open.scope, 95)).toBe(0);
	const told = JSON.stringify(
		(await open.scope.tx((tx) => tx.select({ id: outputs.id }).from(outputs))).map(({ id }) => ({ id, told: {} }))
	);
	const remove = (scope: Scope) =>
		scope.tx(
			async (tx) => (await tx.$client`select remove_answers(${open.id}, 1, ${told}::json) as removed`)[0]!.removed
		);
	expect(await remove(open.scope)).toBe(0);
	await revealedAgo(open.id, 100);
	expect(await remove((await newTeam()).scope)).toBe(0);
	expect(await kept(open.scope, open.id)).toEqual({ all: 6, texts: 6 });
	expect(await remove(open.scope)).toBe(6);
});

test('only answers of the evaluation that is named go with it, each once', async () => {
	const [one, other] = [await revealed(100), await revealed(100)];
	const ids = async ({ scope }: typeof one) => scope.tx((tx) => tx.select({ id: outputs.id }).from(outputs));
	const told = [...(await ids(one)).slice(0, 2), ...(await ids(other)).slice(0, 2)].map(({ id }) => ({ id, told: {} }));
	const remove = () =>
		one.scope.tx(
			async (tx) =>
				(await tx.$client`select remove_answers(${one.id}, 90, ${JSON.stringify(told)}::json) as removed`)[0]!.removed
		);
	expect([await remove(), await remove()]).toEqual([2, 0]);
	expect(await kept(other.scope, other.id)).toEqual({ all: 24, texts: 24 });
	const [row] = await one.scope.tx((tx) => tx.select().from(evaluations));
	expect(row!.textsRemovedAt).toBeNull(); // some are left
	expect(await removeOldTexts(one.scope, 90)).toBe(22);
	expect(await remove()).toBe(0);
	// it is said once, and not even whoever owns the tables says it anew
	await expect(
		owner`update evaluations set texts_removed_at = now() + interval '1 day' where id = ${one.id}`
	).rejects.toMatchObject({ code: 'AI006' });
});

/** Another comparison of the same team that has as many answers, as young as it is. */
const addBeside = async (teamId: string, evaluationId: string) => {
	const id = randomUUID();
	const columnsOf = async (table: string, own: string[]) => {
		const rows = await owner`select quote_ident(attname) as name from pg_attribute
			where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attidentity = '' and attname <> all (${own})`;
		return rows.map(({ name }) => `x.${name}`).join(', ');
	};
	const bare = (columns: string) => columns.replaceAll('x.', '');
	const of = {
		evaluations: await columnsOf('evaluations', ['id', 'number', 'revealed_at']),
		pairings: await columnsOf('pairings', ['id', 'evaluation_id']),
		outputs: await columnsOf('outputs', ['id', 'evaluation_id', 'pairing_id'])
	};
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		await sql.unsafe(`insert into evaluations (id, number, revealed_at, ${bare(of.evaluations)})
			select '${id}', number + 1, now(), ${of.evaluations} from evaluations x where x.team_id = '${teamId}' and x.id = '${evaluationId}'`);
		await sql.unsafe(`insert into pairings (evaluation_id, ${bare(of.pairings)})
			select '${id}', ${of.pairings} from pairings x where x.team_id = '${teamId}' and x.evaluation_id = '${evaluationId}'`);
		await sql.unsafe(`insert into outputs (evaluation_id, pairing_id, ${bare(of.outputs)})
			select '${id}', n.id, ${of.outputs} from outputs x
				join pairings o on o.team_id = x.team_id and o.id = x.pairing_id
				join pairings n on n.team_id = x.team_id and n.evaluation_id = '${id}' and n.position = o.position
			where x.team_id = '${teamId}' and x.evaluation_id = '${evaluationId}'`);
	});
	return id;
};
const addJudging = (team: string, evaluation: string) => owner`
	insert into judgings (team_id, project_id, evaluation_id, connection_id, model, label, criteria)
	select team_id, project_id, id, connection_id, 'm', 'm', 'x' from evaluations where team_id = ${team} and id = ${evaluation}`;

test('another comparison, and a team that has the same ids, are asked for themselves and keep theirs', async () => {
	const { teamId: here, id, scope } = await revealed(100, { pairs: 3, most: 3 });
	const beside = await addBeside(here, id);
	const { teamId: there, scope: stranger } = await newTeam();
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		const tables = ['connections', 'projects', 'examples', 'runs', 'evaluations', 'pairings', 'outputs'];
		await copyRows(sql, here, there, tables);
		await sql`update evaluations set revealed_at = now() where team_id = ${there}`;
	});
	// none of these two keeps the one that is named from going
	await addJudging(here, beside);
	await addJudging(there, id);
	const rows = await owner`select id from outputs where team_id = ${here}`;
	const told = JSON.stringify(rows.map((row) => ({ id: row.id as string, told: {} })));
	const remove = (who: Scope, of: string) =>
		who.tx(async (tx) => (await tx.$client`select remove_answers(${of}, 90, ${told}::json) as removed`)[0]!.removed);
	const left = async () =>
		(
			await owner`select o.team_id, o.evaluation_id, count(*)::int as texts, e.texts_removed_at is null as whole
				from outputs o join evaluations e on e.team_id = o.team_id and e.id = o.evaluation_id
				where o.team_id in ${owner([here, there])} and o.removed_at is null group by 1, 2, 4`
		).map((row) => `${row.team_id === here ? 'here' : 'there'} ${row.evaluation_id === id ? 'named' : 'beside'} ${row.texts} ${row.whole}`); // prettier-ignore
	const others = ['here beside 6 true', 'there beside 6 true', 'there named 6 true'];
	// too young, whatever is old elsewhere
	expect([await remove(stranger, id), await remove(scope, beside)]).toEqual([0, 0]);
	expect((await left()).toSorted()).toEqual([...others, 'here named 6 true'].toSorted());
	expect(await remove(scope, id)).toBe(6);
	expect((await left()).toSorted()).toEqual(others);
	const gone =
		await owner`select team_id, id from evaluations where texts_removed_at is not null and team_id in ${owner([here, there])}`;
	expect(gone).toEqual([{ team_id: here, id }]);
});

test('whoever lets a model judge it is waited for, and a team that is deleted is left alone', async () => {
	const { teamId, id, scope } = await revealed(100, { pairs: 2, most: 2 });
	const rows = await owner`select id from outputs where team_id = ${teamId} limit 1`;
	const told = JSON.stringify([{ id: rows[0]!.id as string, told: {} }]);
	await owner.begin(async (sql) => {
		await sql`select from evaluations where team_id = ${teamId} and id = ${id} for no key update`;
		const removing = scope.tx(async (tx) => {
			await tx.$client`set local lock_timeout = '200ms'`;
			return tx.$client`select remove_answers(${id}, 90, ${told}::json)`;
		});
		await expect(removing).rejects.toMatchObject({ code: 'unavailable' });
	});
	const asked = async () =>
		(await owner`select teams_with_old_answers(90) as id`).some(({ id: team }) => team === teamId);
	expect(await asked()).toBe(true);
	await owner`update teams set deleted_at = now() where id = ${teamId}`;
	expect(await asked()).toBe(false);
});

test('what a model reads that judges stays until it is through; then there is nothing to judge any more', async () => {
	const { scope, inside, id, connection, project } = await revealed(100);
	const [judging] = await scope.tx((tx) =>
		tx
			.insert(judgings)
			.values({
				...{ projectId: project.id, evaluationId: id, connectionId: connection.id },
				...{ model: 'sandbox-large', label: 'sandbox-large', criteria: 'x' }
			})
			.returning()
	);
	expect(await removeOldTexts(scope, 90)).toBe(0);
	const all = JSON.stringify(
		(await scope.tx((tx) => tx.select().from(outputs))).map((row) => ({ id: row.id, told: {} }))
	);
	const [said] = await scope.tx((tx) => tx.$client`select remove_answers(${id}, 90, ${all}::json) as removed`);
	expect(said!.removed).toBe(0);
	await scope.tx((tx) =>
		tx.update(judgings).set({ status: 'failed', endedAt: new Date() }).where(eq(judgings.id, judging!.id))
	);
	expect(await removeOldTexts(scope, 90)).toBe(24);
	const wanted = { evaluationId: id, connectionId: connection.id, model: 'sandbox-large' };
	const gone = 'The texts of its answers were removed, as this server is set';
	expect((await listJudgings(inside, { evaluationId: id })).reason).toContain(gone);
	await expect(priceJudging(inside, wanted)).rejects.toThrow(gone);
	await expect(startJudging(inside, { ...wanted, criteria: 'x' })).rejects.toThrow(gone);
	await expect(retryJudging(inside, { evaluationId: id, judgingId: judging!.id })).rejects.toThrow(gone);
});

test('where it goes on, what was removed is answered anew', async () => {
	const { scope, inside, id } = await revealed(100, { pairs: 18, most: 10, words: plain });
	// those that nobody was shown go as well
	expect(await removeOldTexts(scope, 90)).toBe(36);
	const next = await continueEvaluation(inside, { evaluationId: id, prompts: 0 });
	expect(await scope.tx((tx) => tx.$count(outputs, eq(outputs.evaluationId, next.id)))).toBe(0);
	const [made] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, next.id)));
	expect(made).toMatchObject({ status: 'generating', textsRemovedAt: null, planned: 8 });
	await answerAll(scope, next.id);
	const { pairs } = await nextPairs(inside, { evaluationId: next.id, after: -1 });
	expect(pairs).toHaveLength(5);
});

test('of a scoring as well', async () => {
	const { scope, id, voter } = await newScoring(3);
	const { list } = await nextAnswers(voter, { evaluationId: id, after: -1 });
	for (const { ballotId } of list)
		await scoreAnswer(voter, { evaluationId: id, ballotId, score: 9, clientId: crypto.randomUUID() });
	await revealResults(voter, { evaluationId: id });
	await revealedAgo(id, 100);
	const scores = async () => {
		const found = await getScores(voter, { evaluationId: id, show: 'all', page: 1 });
		return 'scores' in found ? found.scores : null;
	};
	const before = (await scores())!;
	config().keepDays.answers = 200;
	expect((await scores())!.textsKeptUntil!.getTime() - before.revealedAt.getTime()).toBe(200 * 24 * 3600 * 1000);
	expect(await removeOldTexts(scope, 95)).toBe(3);
	const after = (await scores())!;
	expect(after).toMatchObject({
		broken: 0,
		textsKeptUntil: null,
		textsRemovedAt: expect.any(Date),
		summary: before.summary
	});
	expect(after.rows.list.map(({ answer }) => answer)).toEqual(Array(3).fill({ text: null, complete: true }));
	expect(
		JSON.parse(await textOf(await exportScores(voter, { evaluationId: id, format: 'json' }))).answers
	).toMatchObject([{ said: null }, { said: null }, { said: null }]);
});

test('the sweep does it where the server is set so, and not otherwise', async () => {
	const { scope, inside, id, teamId } = await revealed(100);
	const asked = async () =>
		(await plainPool()`select teams_with_old_answers(90) as id`).some((row) => row.id === teamId);
	expect(await asked()).toBe(true);
	expect((await plainPool()`select teams_with_old_answers(101) as id`).some((row) => row.id === teamId)).toBe(false);
	await sweepAll();
	expect((await kept(scope, id)).texts).toBe(24);
	config().keepDays.answers = 400;
	expect((await resultsOf(inside, id)).textsKeptUntil).toBeInstanceOf(Date);
	await sweepAll();
	expect((await kept(scope, id)).texts).toBe(24);
	config().keepDays.answers = 90;
	await sweepAll();
	expect((await kept(scope, id)).texts).toBe(0);
	expect(await asked()).toBe(false);
});

test('what was answered for a comparison that failed goes whole, when nobody has let it go on for as long', async () => {
	const failed = async (days: number, status = 'failed') => {
		const made = await newBallot(2);
		await owner`update evaluations set status = ${status}, wanted_at = now() - make_interval(days => ${days}) where id = ${made.id}`;
		return made;
	};
	const [old, young, open] = [await failed(100), await failed(89), await failed(100, 'voting')];
	const left = () => Promise.all([old, young, open].map(async ({ scope, id }) => (await kept(scope, id)).all));
	// what was revealed stays, and so do another comparison of the team and a team that has the same ids
	const revealed = await failed(100);
	await revealedAgo(revealed.id, 100);
	const beside = await addBeside(old.teamId, old.id);
	const { teamId: there } = await newTeam();
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		await sql`update evaluations set revealed_at = null, wanted_at = now() where id = ${beside}`;
		const tables = ['connections', 'projects', 'examples', 'runs', 'evaluations', 'pairings', 'outputs'];
		await copyRows(sql, old.teamId, there, tables);
		await sql`update evaluations set wanted_at = now() where team_id = ${there}`;
	});
	const others = async () =>
		(
			await owner`select team_id, evaluation_id from outputs where evaluation_id = ${revealed.id} or team_id = ${there}
				or (team_id = ${old.teamId} and evaluation_id = ${beside})`
		).length;
	expect(await purge('outputs')).toBe(0); // as this server is set
	config().keepDays.answers = 90;
	await owner.begin(async (sql) => {
		await sql`select from evaluations where id = ${old.id} for update`;
		await purge('outputs');
	});
	expect(await left()).toEqual([4, 4, 4]);
	const before = await others();
	await purge('outputs', 3);
	expect(await left()).toEqual([0, 4, 4]);
	expect([before, await others()]).toEqual([16, 16]);
});
