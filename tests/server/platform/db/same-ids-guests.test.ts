// Of the functions for guests (drizzle/functions/guests.sql): guest_link, judged_with, guest_pairings, guest_with, begin_guest, guest_ballot,
// cast_guest_vote. Two teams have the same comparison, ids and all; what one's link tells and takes is of its own team, evaluation and
// guest.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { randomToken, sha256 } from '../../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { rewriteHistory } from '../../../support/database/raw.ts';
import { copyRows } from '../../../support/database/copy-rows.ts';
import { newBallot } from '../../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 3, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

let here: { teamId: string; evaluationId: string };
let there: string;
let ofProject: string;
/** The hashes of the links, and of a guest who has one ballot and one vote here. */
let hash: Record<'here' | 'there', Buffer>;
let guest: Buffer;

const addLink = (teamId: string, id: string, linkHash: Buffer, title: string) => owner`
	insert into guest_links (team_id, id, project_id, evaluation_id, hash, title, instructions, pairs, most_guests, created_by, expires_at)
	select team_id, ${id}, project_id, id, ${linkHash}, ${title}, '', 2, 1, created_by, now() + interval '1 day'
	from evaluations where team_id = ${teamId} and id = ${here.evaluationId}`;

beforeEach(async () => {
	const { teamId, id, scope, project } = await newBallot(4);
	here = { teamId, evaluationId: id };
	ofProject = project.id;
	await newProject(scope, { slug: 'another' }); // that it stands, and what it is called, is nothing to a link of the first
	({ teamId: there } = await newTeam());
	await copyRows(owner, teamId, there, [
		...['connections', 'projects', 'examples', 'runs', 'evaluations', 'pairings', 'outputs']
	]);
	await owner`update teams set deleted_at = null where id = ${there}`;
	hash = { here: sha256(randomToken()), there: sha256(randomToken()) };
	const linkId = randomUUID();
	await addLink(teamId, linkId, hash.here, 'Here');
	await addLink(there, linkId, hash.there, 'There');
	guest = sha256(randomToken());
});

const link = async (of: Buffer) => {
	const rows = await owner`select state, title from guest_link(${of})`;
	expect(rows).toHaveLength(1);
	return rows[0]!;
};
const shown = async (of: Buffer) =>
	(await owner`select * from guest_pairings(${of})`).map(({ shown }) => shown as number);
const pairings = async (teamId: string) =>
	(
		await owner`select id from pairings where team_id = ${teamId} and evaluation_id = ${here.evaluationId} order by position`
	).map(({ id }) => id as string);
const begin = async (of: Buffer, secret: Buffer, dealt: string[]) =>
	(
		await owner`select begin_guest(${of}, ${secret}, ${dealt}::uuid[], array_fill(false, array[${dealt.length}::int])) as begun`
	)[0]!.begun as boolean;
const turn = async (of: Buffer, secret: Buffer) => {
	const rows = await owner`select * from guest_ballot(${of}, ${secret})`;
	expect(rows.length).toBeLessThan(2);
	return rows[0];
};
const cast = async (of: Buffer, secret: Buffer, ballot: string | null, mark: string | null, client = randomUUID()) =>
	(await owner`select * from cast_guest_vote(${of}, ${secret}, ${ballot}, ${mark}, ${client})`)[0]!;
/** The columns of a table but these, as a list in SQL. */
const columnsOf = async (table: string, own: string[]) => {
	const rows = await owner`select quote_ident(attname) as name from pg_attribute
		where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attidentity = '' and attname <> all (${own})`;
	return rows.map(({ name }) => name as string).join(', ');
};
/** Another comparison of the same team, of other runs, with pairs and a link of its own. */
const addBeside = async () => {
	const [id, run, linkHash] = [randomUUID(), randomUUID(), sha256(randomToken())];
	const runColumns = await columnsOf('runs', ['id', 'version', 'mark']);
	await owner.unsafe(`insert into runs (id, version, mark, ${runColumns})
		select '${run}', version + 1, '${randomUUID()}', ${runColumns} from runs where team_id = '${here.teamId}' limit 1`);
	const columns = await columnsOf('evaluations', ['id', 'number', 'run_id']);
	await owner.unsafe(`insert into evaluations (id, number, run_id, ${columns})
		select '${id}', number + 1, '${run}', ${columns} from evaluations where team_id = '${here.teamId}' and id = '${here.evaluationId}'`);
	const asked = await columnsOf('pairings', ['id', 'evaluation_id']);
	await owner.unsafe(`insert into pairings (evaluation_id, ${asked})
		select '${id}', ${asked} from pairings where team_id = '${here.teamId}' and evaluation_id = '${here.evaluationId}'`);
	await owner`insert into guest_links (team_id, project_id, evaluation_id, hash, title, instructions, pairs, most_guests, created_by, expires_at)
		select team_id, project_id, id, ${linkHash}, 'Beside', '', 2, 1, created_by, now() + interval '1 day'
		from evaluations where team_id = ${here.teamId} and id = ${id}`;
	return linkHash;
};
/** Whether this is done although others hold what it has nothing to do with. */
const withoutWaiting = <T>(
	held: (sql: postgres.TransactionSql) => Promise<unknown>,
	deed: (sql: postgres.ISql) => Promise<T>
) =>
	owner.begin(async (sql) => {
		await held(sql);
		return owner.begin(async (other) => {
			await other`set local lock_timeout = '2s'`;
			return deed(other);
		});
	});

/** The second team gets the guests, ballots and votes of the first, too. */
const alsoThere = (tables: string[]) => copyRows(owner, here.teamId, there, tables);

test('the places of a link are its own, and so is what its pairs were shown', async () => {
	const [first, second] = await pairings(here.teamId);
	expect(await begin(hash.here, guest, [first!, second!])).toBe(true);
	expect([(await link(hash.here)).state, (await link(hash.there)).state]).toEqual(['full', 'open']);
	expect(await shown(hash.there)).toEqual([0, 0, 0, 0]);
	// nor does one link take the places of another of the same comparison
	const other = sha256(randomToken());
	await addLink(here.teamId, randomUUID(), other, 'Also here');
	expect(await link(other)).toEqual({ state: 'open', title: 'Also here' });
	expect(await shown(other)).toEqual([1, 1, 0, 0]);
	// a ballot of somebody with an account is no guest's
	await owner`insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, voter, position, swapped)
		select team_id, project_id, evaluation_id, pairing_id, ${randomUUID()}, 'script', position, false from ballots
		where team_id = ${here.teamId} and voter = 'guest'`;
	expect(await shown(other)).toEqual([1, 1, 0, 0]);
});

test('a link stands and falls with the comparison, project and team that it is of', async () => {
	await owner`update projects set deleted_at = now() where team_id = ${here.teamId} and id = ${ofProject}`;
	expect(await owner`select from guest_link(${hash.here})`).toHaveLength(0);
	expect((await link(hash.there)).state).toBe('open');
	await owner`update projects set deleted_at = null where team_id = ${here.teamId}`;
	await owner`update teams set deleted_at = now() where id = ${here.teamId}`;
	expect(await owner`select from guest_link(${hash.here})`).toHaveLength(0);
	expect((await link(hash.there)).state).toBe('open');
	await owner`update teams set deleted_at = null where id = ${here.teamId}`;
	await owner`update evaluations set revealed_at = now() where team_id = ${here.teamId}`;
	expect([(await link(hash.here)).state, (await link(hash.there)).state]).toEqual(['closed', 'open']);
	expect([(await shown(hash.here)).length, (await shown(hash.there)).length]).toEqual([0, 4]);
});

test('a link promises no more pairs than there are, and of a three-way those of all three', async () => {
	const promised = async () =>
		(await owner`select pairs from guest_link(${hash.here})`).map(({ pairs }) => pairs as number);
	expect(await promised()).toEqual([2]);
	await rewriteHistory('guest_links', (sql) => sql`update guest_links set pairs = 100 where team_id = ${here.teamId}`);
	expect(await promised()).toEqual([4]);
	await rewriteHistory(
		'evaluations',
		(sql) => sql`update evaluations set three_part = 'training' where team_id = ${here.teamId}`
	);
	expect(await promised()).toEqual([12]);
});

test('the three of a three-way are those of its own team, and no other comparison', async () => {
	await addBeside();
	const [prompt, tuned] = [randomUUID(), randomUUID()];
	const columns = await columnsOf('evaluations', ['id', 'number', 'three_part', 'three_of']);
	const add = (sql: postgres.TransactionSql, team: string, id: string, part: string, place: number) =>
		sql.unsafe(
			`insert into evaluations (id, number, three_part, three_of, ${columns})
			select $3::uuid, number + $5::int, $4, id, ${columns} from evaluations where team_id = $1 and id = $2`,
			[team, here.evaluationId, id, part, place]
		);
	await rewriteHistory('evaluations', async (sql) => {
		await sql`update evaluations set three_part = 'training' where id = ${here.evaluationId}`;
		for (const team of [here.teamId, there]) await add(sql, team, prompt, 'prompt', 2);
		await add(sql, here.teamId, tuned, 'tuned', 3);
	});
	const all = async (team: string, id: string) =>
		(await owner`select unnest(judged_with(${team}, ${id})) as id`).map(({ id }) => id as string).toSorted();
	for (const id of [here.evaluationId, prompt]) {
		expect(await all(here.teamId, id)).toEqual([here.evaluationId, prompt, tuned].toSorted());
		expect(await all(there, id)).toEqual([here.evaluationId, prompt].toSorted());
	}
});

test('who has begun here has not begun there, and is dealt no more than the link gives', async () => {
	const dealt = await pairings(here.teamId);
	expect(await begin(hash.here, guest, dealt)).toBe(true);
	expect(await turn(hash.there, guest)).toBeUndefined();
	expect(await begin(hash.there, guest, dealt)).toBe(true);
	const rows =
		await owner`select team_id, count(*)::int as count from ballots group by 1 having team_id in ${owner([here.teamId, there])}`;
	expect(rows.toSorted((a, b) => Number(a.team_id === there) - Number(b.team_id === there))).toEqual([
		{ team_id: here.teamId, count: 2 },
		{ team_id: there, count: 2 }
	]);
});

test('whoever looks at the comparison hears that a guest came, once (begin_guest)', async () => {
	const dealt = await pairings(here.teamId);
	for (let tries = 0; tries < 2; tries++) expect(await begin(hash.here, guest, dealt)).toBe(true);
	const heard = await owner`
		select project_id, topic from outbox where team_id = ${here.teamId} and event = 'evaluation.guest_came'`;
	expect(heard).toEqual([{ project_id: ofProject, topic: `evaluation:${here.evaluationId}` }]);
});

test('a guest sees the ballots, texts and votes of their own team, comparison and self', async () => {
	const [first, second] = await pairings(here.teamId);
	await begin(hash.here, guest, [first!, second!]);
	await alsoThere(['guests', 'ballots']);
	await owner`alter table outputs disable trigger user`;
	await owner`update outputs set text = 'There ' || contender where team_id = ${there}`;
	await owner`alter table outputs enable trigger user`;
	expect(await turn(hash.there, guest)).toMatchObject({ judged: 0, total: 2, text_a: 'There a', text_b: 'There b' });
	expect((await turn(hash.here, guest))!.text_a).toMatch(/^Apple/);

	const { ballot_id: ballot } = (await turn(hash.here, guest))!;
	const client = randomUUID();
	expect(await cast(hash.here, guest, ballot, 'first', client)).toEqual({ outcome: 'taken', team: here.teamId });
	expect([(await turn(hash.here, guest))!.judged, (await turn(hash.there, guest))!.judged]).toEqual([1, 0]);
	// what was said here is neither heard there already, nor theirs to take back
	expect(await cast(hash.there, guest, null, null)).toMatchObject({ outcome: 'gone' });
	expect(await cast(hash.there, guest, ballot, 'second', client)).toEqual({ outcome: 'taken', team: there });
	const votes =
		await owner`select team_id, choice from votes where team_id in ${owner([here.teamId, there])} order by seq`;
	expect(votes).toEqual([
		{ team_id: here.teamId, choice: 'first' },
		{ team_id: there, choice: 'second' }
	]);
	expect(await cast(hash.here, guest, null, null)).toMatchObject({ outcome: 'taken' });
	expect([(await turn(hash.here, guest))!.judged, (await turn(hash.there, guest))!.judged]).toEqual([0, 1]);
});

test('another guest of the link, another comparison and a script that has their number are others', async () => {
	const [first, second] = await pairings(here.teamId);
	await owner`alter table guest_links disable trigger user`;
	await owner`update guest_links set most_guests = 5 where team_id = ${here.teamId}`;
	await owner`alter table guest_links enable trigger user`;
	const other = sha256(randomToken());
	await begin(hash.here, guest, [first!]);
	await begin(hash.here, other, [second!]);
	const [mine, theirs] = [(await turn(hash.here, guest))!, (await turn(hash.here, other))!];
	expect([mine.total, theirs.total]).toEqual([1, 1]);
	expect(mine.ballot_id).not.toBe(theirs.ballot_id);
	expect(await cast(hash.here, guest, theirs.ballot_id, 'first')).toMatchObject({ outcome: 'gone' });
	const client = randomUUID();
	await cast(hash.here, other, theirs.ballot_id, 'first', client);
	// nor is what the other has sent theirs, under its own name
	expect(await cast(hash.here, guest, theirs.ballot_id, 'first', client)).toMatchObject({ outcome: 'gone' });
	expect([(await turn(hash.here, guest))!.judged, (await turn(hash.here, other))!.judged]).toEqual([0, 1]);
	// what another has said is not theirs to take back
	expect(await cast(hash.here, guest, null, null)).toMatchObject({ outcome: 'gone' });
	const [row] = await owner`select id from guests where team_id = ${here.teamId} and secret = ${guest}`;
	const [script] =
		await owner`insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, voter, position, swapped)
		select team_id, project_id, evaluation_id, pairing_id, ${row!.id}, 'script', 9, false from ballots where id = ${theirs.ballot_id}
		returning id`;
	expect((await turn(hash.here, guest))!.total).toBe(1);
	expect(await cast(hash.here, guest, script!.id, 'first')).toMatchObject({ outcome: 'gone' });
});

test('another comparison of the team, with its runs, pairs, links and guests, is another', async () => {
	const beside = await addBeside();
	expect((await link(hash.here)).title).toBe('Here');
	expect(await shown(hash.here)).toEqual([0, 0, 0, 0]);
	const dealt = (await owner`select id from guest_pairings(${beside})`).map(({ id }) => id as string);
	// nobody is dealt what another one asks
	const other = sha256(randomToken());
	await addLink(here.teamId, randomUUID(), other, 'Also here');
	expect(await begin(other, other, dealt)).toBe(true);
	expect(await turn(other, other)).toMatchObject({ total: 0 });
	expect(await begin(beside, guest, dealt)).toBe(true);
	expect(await turn(hash.here, guest)).toBeUndefined();
	expect(await begin(hash.here, guest, await pairings(here.teamId))).toBe(true);
	expect(await turn(hash.here, guest)).toMatchObject({ judged: 0, total: 2 });
	// the names that could tell are those of its own two models
	const { names } = (await turn(hash.here, guest))!;
	const [evaluation] =
		await owner`select base_model, against_model, run_id from evaluations where team_id = ${here.teamId} and id = ${here.evaluationId}`;
	const [run] =
		await owner`select base_model, model from runs where team_id = ${here.teamId} and id = ${evaluation!.run_id}`;
	expect(names.models.filter(Boolean)).toEqual(
		[evaluation!.base_model, evaluation!.against_model, run!.base_model].filter(Boolean)
	);
	expect(names.own[0]).toBe(run!.model);
	expect(names.own.slice(3)).toEqual([null, null, null]);
});

test('against another run, it is that one whose names are hidden, and of this team', async () => {
	await addBeside();
	const [other] = await owner`select id from runs where team_id = ${here.teamId} and id not in (
		select run_id from evaluations where team_id = ${here.teamId} and id = ${here.evaluationId})`;
	await copyRows(owner, here.teamId, (await newTeam()).teamId, ['connections', 'projects', 'examples', 'runs']);
	await owner`alter table evaluations disable trigger user`;
	await owner`update evaluations set against_run_id = ${other!.id} where team_id = ${here.teamId} and id = ${here.evaluationId}`;
	await owner`alter table evaluations enable trigger user`;
	await begin(hash.here, guest, await pairings(here.teamId));
	const { own } = (await turn(hash.here, guest))!.names;
	expect(own).toHaveLength(6);
	expect(own[3]).toEqual(expect.any(String));
});

test('who begins or votes waits for nobody who holds another link, and of two at once one gets the last place', async () => {
	const beside = await addBeside();
	const [first] = await pairings(here.teamId);
	const held = (sql: postgres.TransactionSql) => sql`select from guest_links where hash = ${beside} for update`;
	const begun = await withoutWaiting(
		held,
		(sql) => sql`select begin_guest(${hash.here}, ${guest}, array[${first!}::uuid], array[false])`
	);
	expect(begun).toHaveLength(1);
	const { ballot_id: ballot } = (await turn(hash.here, guest))!;
	const said = await withoutWaiting(
		held,
		(sql) => sql`select outcome from cast_guest_vote(${hash.here}, ${guest}, ${ballot}, 'first', ${randomUUID()})`
	);
	expect(said).toEqual([{ outcome: 'taken' }]);

	// of the link beside there is one place
	const late = sha256(randomToken());
	const dealt = (await owner`select id from guest_pairings(${beside})`).map(({ id }) => id as string);
	let second: Promise<boolean>;
	await owner.begin(async (sql) => {
		await sql`select begin_guest(${beside}, ${guest}, array[${dealt[0]!}::uuid], array[false])`;
		second = begin(beside, late, [dealt[1]!]);
		await Promise.race([second, sleep(300)]);
	});
	expect(await second!).toBe(false);
});

test('a way back that is sent twice takes back once, and is taken both times', async () => {
	const [first] = await pairings(here.teamId);
	await begin(hash.here, guest, [first!]);
	const { ballot_id: ballot } = (await turn(hash.here, guest))!;
	await cast(hash.here, guest, ballot, 'tie');
	const client = randomUUID();
	expect(await cast(hash.here, guest, null, null, client)).toMatchObject({ outcome: 'taken' });
	expect(await cast(hash.here, guest, null, null, client)).toMatchObject({ outcome: 'taken' });
	expect(await cast(hash.here, guest, null, null)).toMatchObject({ outcome: 'gone' });
});

test('what was said is taken back from the last on, one pair after the other, also by two at once', async () => {
	const [first, second] = await pairings(here.teamId);
	await begin(hash.here, guest, [first!, second!]);
	for (let pair = await turn(hash.here, guest); pair!.ballot_id; pair = await turn(hash.here, guest))
		await cast(hash.here, guest, pair!.ballot_id, 'tie');
	const news = () =>
		owner`select from outbox where team_id = ${here.teamId} and topic = ${`evaluation:${here.evaluationId}`} and event = 'evaluation.guest_voted'`;
	const before = (await news()).length;
	expect(before).toBe(2);
	let late: Promise<unknown>;
	await owner.begin(async (sql) => {
		await sql`select cast_guest_vote(${hash.here}, ${guest}, null, null, ${randomUUID()})`;
		late = cast(hash.here, guest, null, null);
		await Promise.race([late, sleep(300)]);
	});
	expect(await late!).toMatchObject({ outcome: 'taken' });
	expect(await turn(hash.here, guest)).toMatchObject({ judged: 0, total: 2 });
	expect(await news()).toHaveLength(before + 2);
	// and once more, one after the other
	for (let pair = await turn(hash.here, guest); pair!.ballot_id; pair = await turn(hash.here, guest))
		await cast(hash.here, guest, pair!.ballot_id, 'tie');
	for (const left of [1, 0]) {
		await cast(hash.here, guest, null, null);
		expect((await turn(hash.here, guest))!.judged).toBe(left);
	}
	// the same word sent again is no news
	const told = (await news()).length;
	const client = randomUUID();
	for (let times = 0; times < 2; times++)
		await cast(hash.here, guest, (await turn(hash.here, guest))!.ballot_id, 'tie', client);
	expect(await news()).toHaveLength(told + 1);
});

test('a word that comes while the link is being ended waits, and is told that it has', async () => {
	const [first] = await pairings(here.teamId);
	await begin(hash.here, guest, [first!]);
	const { ballot_id: ballot } = (await turn(hash.here, guest))!;
	let late: Promise<unknown>;
	await owner.begin(async (sql) => {
		await sql`update guest_links set revoked_at = now() where hash = ${hash.here}`;
		late = cast(hash.here, guest, ballot, 'first');
		await Promise.race([late, sleep(300)]);
	});
	expect(await late!).toMatchObject({ outcome: 'revoked' });
	// whoever never began hears the same
	expect(await cast(hash.here, sha256(randomToken()), ballot, 'first')).toMatchObject({ outcome: 'revoked' });
});

test('a ballot that the same guest has in another team only is none', async () => {
	const [first, second] = await pairings(here.teamId);
	await begin(hash.here, guest, [first!]);
	await alsoThere(['guests', 'ballots']);
	const [more] =
		await owner`insert into ballots (team_id, project_id, evaluation_id, pairing_id, person_id, voter, position, swapped)
		select team_id, project_id, evaluation_id, ${second!}, person_id, 'guest', 1, false from ballots
		where team_id = ${there} and voter = 'guest' returning id`;
	expect(await cast(hash.here, guest, more!.id, 'first')).toMatchObject({ outcome: 'gone' });
});
