import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { enqueue } from '../../../../src/lib/server/jobs/queue.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { plant, scan } from '../../../support/database/canary.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { owner } from '../../../support/database/owner.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

test('a canary is found in each column for words or bytes where it was planted, also of the queue, and nowhere else', async () => {
	const team = await newTeam();
	const { projectId } = await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson()).id);
	await team.scope.tx((tx) => enqueue(tx, 'project.compare', { projectId }));
	const canary = `canary${randomUUID()}`;
	const { planted, checked, empty } = await plant(owner, canary, ({ schema, columns }) => {
		if (schema === 'pgboss' && columns.includes('data')) return `data ->> 'teamId' = '${team.teamId}'`;
		return columns.includes('team_id') ? `team_id = '${team.teamId}'` : null;
	});
	expect(await scan(owner, canary)).toEqual(planted);
	expect(planted).toEqual(
		expect.arrayContaining([
			'public.examples.messages', // json
			'public.examples.content_hash', // bytea
			'public.prompts.near', // text[]
			'public.run_files.body' // text
		])
	);
	expect(planted.some((name) => /^pgboss\.\w+\.data$/.test(name))).toBe(true);
	// every column that let nothing in takes words of its own
	expect(checked).toEqual(expect.arrayContaining(['public.runs.status', 'public.votes.voter']));
	expect(empty.filter((name) => name.startsWith('public.'))).toEqual([]);
	// what has no words is looked through as well
	expect(await scan(owner, projectId)).toContain('public.examples.project_id');
});
