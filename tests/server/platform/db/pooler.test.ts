import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProject } from '../../../../src/lib/server/access/scope.ts';
import { stopHub, subscribe } from '../../../../src/lib/server/events/hub.ts';
import { importExamples } from '../../../../src/lib/server/examples/commands.ts';
import { listExamples } from '../../../../src/lib/server/examples/queries.ts';
import { closePools, plainPool, poolSizes } from '../../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../../src/lib/server/ratings/commands.ts';
import { owner } from '../../../support/database/owner.ts';
import { findPooler, startPooler } from '../../../support/database/pooler.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

const found = findPooler();
if ('missing' in found) console.warn(`What goes through a pooler is not asked. ${found.missing}`);

test('a process has fifteen connections at most: those of its pools, one that listens, and three of the queue', () => {
	expect(poolSizes.team + poolSizes.plain + 1 + 3).toBeLessThanOrEqual(15);
});

describe.skipIf('missing' in found)(
	'through a pooler in transaction mode, with three connections for everybody',
	() => {
		const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-pooler-'));
		let pooler: Awaited<ReturnType<typeof startPooler>>;
		const direct = process.env.APP_DATABASE_URL!;
		beforeAll(async () => {
			fs.chmodSync(room, 0o711);
			pooler = await startPooler((found as { binary: string }).binary, direct, 3, room);
			process.env.LISTEN_DATABASE_URL = direct;
			process.env.APP_DATABASE_URL = pooler.at;
		});
		afterAll(async () => {
			stopHub();
			await closePools();
			await pooler.stop();
			fs.rmSync(room, { recursive: true, force: true });
		});

		test('a process with eleven of its own works: imports, ratings and questions at once, each in its own team', async () => {
			const teams = await Promise.all(
				[1, 2, 3, 4].map(async (n) => {
					const { scope } = await newTeam();
					const { project } = await newProject(scope);
					const within = await inProject(scope, project.slug);
					const lines = Array.from({ length: 40 }, (_, i) => ({
						number: i + 1,
						text: JSON.stringify({
							messages: [
								{ role: 'user', content: `Team ${n} asks ${i}` },
								{ role: 'assistant', content: `Answer ${i}` }
							]
						})
					}));
					await importExamples(within, { fileName: 'a.jsonl', lines });
					return within;
				})
			);
			const rate = async (within: (typeof teams)[number]) => {
				const { rows } = await listExamples(within, {});
				await Promise.all(
					rows.slice(0, 10).map(({ id }) => rateExample(within, { exampleId: id, score: 8, clientId: randomUUID() }))
				);
				return (await listExamples(within, {})).rows.filter(({ rating }) => rating === 8).length;
			};
			expect(await Promise.all(teams.map(rate))).toEqual([10, 10, 10, 10]);
			const { clients, servers } = await pooler.count();
			expect(servers).toBeLessThanOrEqual(3);
			expect(clients).toBeGreaterThan(servers);
		});

		test('nothing of one transaction stands in the next, whoever has its connection', async () => {
			const { scope } = await newTeam();
			const settings = await scope.tx(
				(tx) =>
					tx.$client`select current_setting('app.team_id') as team, current_setting('statement_timeout') as "statementTimeout"`
			);
			expect(settings[0]!.team).toBe(scope.teamId);
			const plain = await Promise.all(
				Array.from(
					{ length: 9 },
					() =>
						plainPool()`select current_setting('app.team_id', true) as team, current_setting('statement_timeout') as "statementTimeout"`
				)
			);
			for (const [row] of plain) expect([row!.team || null, row!.statementTimeout]).toEqual([null, '5s']);
		});

		test('news is heard over the address that leads straight to the server', async () => {
			const { scope } = await newTeam();
			const { project } = await newProject(scope);
			const heard: string[] = [];
			const stop = await subscribe(scope, {}, ({ news }) => heard.push(...news.topics));
			await owner`insert into outbox (team_id, project_id, topic) values (${scope.teamId}, ${project.id}, 'run:pooled')`;
			await plainPool()`select pg_notify('aitelier', ${scope.teamId})`;
			while (!heard.includes('run:pooled')) await sleep(5);
			const [listening] = await owner`
			select count(*)::int as direct from pg_stat_activity where datname = current_database() and application_name like 'aitelier%' and query ilike 'listen%'`;
			expect(listening!.direct).toBe(1);
			stop();
		});
	}
);
