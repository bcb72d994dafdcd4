import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { monthOf } from '../../../src/lib/core/budget/month.ts';
import { inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { setBudget } from '../../../src/lib/server/budget/commands.ts';
import { budgetJobs } from '../../../src/lib/server/budget/jobs.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { members } from '../../../src/lib/server/platform/db/schema.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

// A real mail server in this process: what it got is what the owners would get.
const got: { to: string; raw: string }[] = [];
const refused = new Set<string>();
const server = new SMTPServer({
	authOptional: true,
	disabledCommands: ['STARTTLS', 'AUTH'],
	onRcptTo: ({ address }, _session, done) =>
		refused.has(address) ? done(Object.assign(new Error('no such box'), { responseCode: 550 })) : done(),
	onData: (stream, { envelope }, done) => {
		const parts: Buffer[] = [];
		stream.on('data', (part: Buffer) => parts.push(part));
		stream.on('end', () => {
			got.push({ to: envelope.rcptTo[0]!.address, raw: Buffer.concat(parts).toString() });
			done();
		});
	}
});
beforeAll(async () => {
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
	process.env.SMTP_URL = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	got.length = 0;
	refused.clear();
});
afterAll(async () => {
	await new Promise<void>((done) => server.close(() => done()));
	await closePools();
});

/** `after`: a project that the team had before. */
const newPlace = async ({ after }: { after?: string } = {}) => {
	const team = await newTeam();
	if (after) await newProject(team.scope, { slug: after });
	const { project } = await newProject(team.scope);
	const second = await newPerson();
	await team.scope.tx((tx) => tx.insert(members).values({ teamId: team.teamId, personId: second.id, role: 'owner' }));
	await team.as('trainer');
	const system = scopeFor({ teamId: team.teamId, userId: null, role: 'owner', projectIds: 'all' });
	const limit = async (budgetCents: number) => setBudget(await inProject(team.scope, project.slug), { budgetCents });
	const spend = (cents: number) =>
		owner`insert into answer_costs (team_id, project_id, month, purpose, cents)
			values (${team.teamId}, ${project.id}, ${monthOf(new Date())}, 'playground', ${cents})
			on conflict (team_id, project_id, month, purpose) do update set cents = excluded.cents`;
	const waiting = async () =>
		(
			await owner`select data from pgboss.job where name = 'notice.mail' and data->>'teamId' = ${team.teamId} order by created_on`
		).map(({ data }) => data as { noticeId: string });
	return { ...team, second, system, limit, spend, waiting };
};
const run = (place: Awaited<ReturnType<typeof newPlace>>, payload: { noticeId: string }) =>
	budgetJobs[0]!.run(place.system, { noticeId: payload.noticeId } as never, new AbortController().signal);
/** Mails fold their lines. */
const textOf = ({ raw }: { raw: string }) => raw.replace(/=\r\n/g, '').replace(/\s+/g, ' ');

test('owners hear once that most of a budget is spent, and once that all of it is', async () => {
	const place = await newPlace({ after: 'first' });
	await place.spend(850);
	await place.limit(1000);
	await place.limit(1000);
	const [warned, ...others] = await place.waiting();
	expect(others).toEqual([]);
	await run(place, warned!);
	expect(got.map(({ to }) => to).sort()).toEqual([place.owner.email, place.second.email].sort());
	expect(got[0]!.raw).toMatch(/^Subject: A budget is nearly spent on aitelier/m);
	expect(textOf(got[0]!)).toMatch(/\$8\.50 of the \$10\.00/);
	expect(textOf(got[0]!)).toMatch(/\/support\/settings/);

	got.length = 0;
	await place.spend(1200);
	await place.limit(1001); // another amount: both marks are passed anew, and the higher one is told
	const jobs = await place.waiting();
	expect(jobs).toHaveLength(2);
	await run(place, jobs[1]!);
	expect(got[0]!.raw).toMatch(/^Subject: A budget is spent on aitelier/m);
	expect(textOf(got[0]!)).toMatch(/Nothing more is paid/);
});

test('one owner whose mail is refused holds up none of the others; when nobody gets theirs, it is tried again', async () => {
	const place = await newPlace();
	await place.spend(1000);
	await place.limit(1000);
	const [notice] = await place.waiting();
	refused.add(place.owner.email);
	await run(place, notice!);
	expect(got.map(({ to }) => to)).toEqual([place.second.email]);
	refused.add(place.second.email);
	await expect(run(place, notice!)).rejects.toThrow();
});

test('a notice of another team is nobody’s', async () => {
	const place = await newPlace();
	await place.spend(1000);
	await place.limit(1000);
	const [notice] = await place.waiting();
	const stranger = await newPlace();
	await run(stranger, notice!);
	expect(got).toEqual([]);
});
