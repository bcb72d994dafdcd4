// Long because it is a whole small program: callers that write all the time, and answers to what the test asks over IPC.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { scopeFor } from '../../../src/lib/server/access/scope.ts';
import { subscribe } from '../../../src/lib/server/events/hub.ts';
import { startQueue } from '../../../src/lib/server/jobs/queue.ts';
import { plainPool, poolSizes } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries } from '../../../src/lib/server/platform/db/schema.ts';

/**
 * A process of its own that works on a database that goes away again and again. It remembers what it was told was saved; the
 * test looks whether it is there. Everything it needs comes from the environment.
 */
const { TEAM_ID: teamId, USER_ID: userId, PROJECT_ID: projectId, CALLERS } = process.env as Record<string, string>;
const scope = scopeFor({ teamId: teamId!, userId: userId!, role: 'owner', projectIds: 'all' });

const told = { team: [] as string[], plain: [] as string[], heard: 0 };
const failures: Record<string, number> = {};
const fail = (problem: unknown) => {
	const { message } = problem as Error;
	failures[message] = (failures[message] ?? 0) + 1;
};
let running = true;

/** Two writes with a wait of our own between them, as a transaction of an import or of pg-boss has. */
const writeInTeam = async () => {
	const id = randomUUID();
	await scope.tx(async (tx) => {
		const entry = { personId: userId!, action: 'lost.test', subject: id, details: {} };
		await tx.insert(auditEntries).values(entry);
		if (Math.random() < 0.7) await sleep(Math.random() * 40);
		await Promise.all([tx.insert(auditEntries).values(entry), tx.$client`select pg_sleep(${Math.random() / 200})`]);
	});
	told.team.push(id);
};
const writePlain = async () => {
	const key = `lost:${randomUUID()}`;
	if (Math.random() < 0.5) {
		await plainPool().begin(async (sql) => {
			await sql`select 1`;
			await sleep(Math.random() * 20);
			await sql`select count_event(${key}, 86400)`;
		});
	} else await plainPool()`select count_event(${key}, 86400)`;
	told.plain.push(key);
};
const repeat = async (work: () => Promise<void>) => {
	while (running) {
		await work().catch(fail);
		await sleep(2);
	}
};

/** Holds all connections of both pools in the same moment, and does something on each. */
const holdAllSlots = async () => {
	const slots = poolSizes.team + poolSizes.plain;
	let inside = 0;
	let open = () => {};
	const all = new Promise<void>((go) => (open = go));
	const arrive = () => {
		if (++inside === slots) open();
		return all;
	};
	// one team has a share of them
	const other = scopeFor({ ...scope, teamId: randomUUID() });
	const inTeam = (who: typeof other) =>
		who.tx(async (tx) => {
			await tx.$client`select 1`;
			await arrive();
			await tx.select().from(auditEntries).limit(1);
		});
	const plainly = () =>
		plainPool().begin(async (sql) => {
			await sql`select 1`;
			await arrive();
			await sql`select 2`;
		});
	// one that is still hit by what came before lets the others go
	const held = Array.from({ length: slots }, (_, i) =>
		(i < poolSizes.team ? inTeam(i % 2 ? scope : other) : plainly()).finally(open)
	);
	const ends = await Promise.allSettled(held);
	return inside === slots && ends.every(({ status }) => status === 'fulfilled');
};

/** How long until all connections can be used at once. */
const useAllSlots = async () => {
	const startedAt = performance.now();
	while (!(await holdAllSlots())) await sleep(5);
	return performance.now() - startedAt;
};

/** How long until a page hears of a change that is made now. */
const hear = async () => {
	const before = told.heard;
	const startedAt = performance.now();
	const change = () =>
		scope.tx(async (tx) => {
			await tx.$client`insert into outbox (project_id, topic) values (${projectId!}, ${`project:${projectId}`})`;
			tx.topics.add(`project:${projectId}` as never);
		});
	while (
		!(await change().then(
			() => true,
			() => false
		))
	);
	while (told.heard === before) await sleep(5);
	return performance.now() - startedAt;
};

/** How long until the queue works on a job that is sent now. */
let worked = 0;
const workOff = async () => {
	const boss = await startQueue();
	const before = worked;
	const startedAt = performance.now();
	const send = () => boss.send('run.follow', { runId: randomUUID() });
	while (!(await send().catch(() => null))) await sleep(50);
	while (worked === before) await sleep(10);
	return performance.now() - startedAt;
};

const boss = await startQueue();
await boss.work('run.follow', { pollingIntervalSeconds: 0.5 }, async () => void worked++);
await subscribe(scope, {}, () => told.heard++);
for (let i = 0; i < Number(CALLERS); i++) void repeat(writeInTeam);
for (let i = 0; i < 6; i++) void repeat(writePlain);

const answers: Record<string, () => Promise<unknown>> = {
	count: async () => ({ team: told.team.length, plain: told.plain.length }),
	slots: useAllSlots,
	hear,
	workOff,
	end: async () => {
		running = false;
		await sleep(200);
		return { ...told, failures };
	}
};
process.on('message', (asked: string) => {
	answers[asked]!().then(
		(answer) => process.send!({ asked, answer }),
		(problem) => process.send!({ asked, problem: String(problem?.stack ?? problem) })
	);
});
process.send!({ asked: 'ready' });
