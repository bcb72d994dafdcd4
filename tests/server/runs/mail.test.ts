import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { wishMails } from '../../../src/lib/server/access/mail-wishes.ts';
import { scopeFor } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runs } from '../../../src/lib/server/platform/db/schema.ts';
import { changeRun, endRun } from '../../../src/lib/server/runs/change.ts';
import { runJobs } from '../../../src/lib/server/runs/jobs.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newMailServer } from '../../support/servers/mail-server.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

let server: Awaited<ReturnType<typeof newMailServer>>;
beforeAll(async () => void (server = await newMailServer()));
beforeEach(() => void (server.got.length = 0));
afterAll(async () => {
	await server.close();
	await closePools();
});

/** A run that somebody has started and that trains. */
const newRun = async () => {
	const team = await newTeam();
	const trainer = await team.as('trainer');
	await team.as('owner');
	const { project, connection } = await newProject(team.scope);
	const run = await addReadyRun(team.scope, {
		...{ projectId: project.id, connectionId: connection.id, version: 3 },
		...{ status: 'training', model: null, modelObject: null, createdBy: trainer.userId }
	});
	const address = (await owner`select email from people where id = ${trainer.userId}`)[0]!.email as string;
	const system = scopeFor({ teamId: team.teamId, userId: null, role: 'owner', projectIds: 'all' });
	const waiting = async () =>
		(await owner`select data from pgboss.job where name = 'run.tell' and data->>'teamId' = ${team.teamId}`).map(
			({ data }) => data.runId as string
		);
	const work = () =>
		runJobs
			.find(({ name }) => name === 'run.tell')!
			.run(system, { runId: run.id } as never, new AbortController().signal);
	return { ...team, trainer, project, run, address, system, waiting, work };
};

test('whoever started a training is told once that it is ready', async () => {
	const { system, run, address, waiting, work, project } = await newRun();
	await system.tx((tx) => changeRun(tx, system, run, { status: 'ready', model: 'ana/tuned' }));
	expect(await waiting()).toEqual([run.id]);
	await work();
	await work();
	expect(server.got.map(({ to }) => to)).toEqual([address]);
	const { raw } = server.got[0]!;
	expect(raw).toMatch(/^Subject: A training on aitelier is ready\r$/m);
	expect(raw).toContain('The training v3 is ready');
	expect(raw).toContain(`/${project.slug}/train/${run.id}`);
	expect(raw).toMatch(/^List-Unsubscribe: <[^>]+\/account\/mails\/runs\./im);
});

test('or that it has failed, and why; not what they have cancelled themselves, nor a station on the way', async () => {
	const failed = await newRun();
	await failed.system.tx((tx) => changeRun(tx, failed.system, failed.run, { stepsTotal: 10 }));
	expect(await failed.waiting()).toEqual([]);
	await failed.system.tx((tx) =>
		endRun(tx, failed.system, failed.run, 'failed', 'The file at www.evil.example was refused.')
	);
	await failed.work();
	expect(server.got).toHaveLength(1);
	expect(server.got[0]!.raw).toContain('The training v3 has failed');
	expect(server.got[0]!.raw).toContain('The file at … was refused.');
	const cancelled = await newRun();
	await cancelled.system.tx((tx) =>
		tx.update(runs).set({ cancelRequestedAt: new Date() }).where(eq(runs.id, cancelled.run.id))
	);
	await cancelled.system.tx((tx) => endRun(tx, cancelled.system, cancelled.run, 'cancelled', null));
	expect(await cancelled.waiting()).toEqual([]);
	await cancelled.work();
	expect(server.got).toHaveLength(1);
});

test('whoever wants no such mail gets none', async () => {
	const { system, run, trainer, work } = await newRun();
	await wishMails({ person: { id: trainer.userId!, email: '', name: '' } }, { verdicts: true, runs: false });
	await system.tx((tx) => changeRun(tx, system, run, { status: 'ready', model: 'ana/tuned' }));
	await work();
	expect(server.got).toEqual([]);
});
