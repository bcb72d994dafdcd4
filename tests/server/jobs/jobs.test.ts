import { afterAll, expect, test } from 'vitest';
import * as v from 'valibot';
import { queueNames, queues, sweep } from '../../../src/lib/server/jobs/queues.ts';
import { jobs } from '../../../src/lib/server/jobs/worker.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';

afterAll(() => closePools());

test('every queue has one job that works on it, and every job a queue', () => {
	expect(jobs.map(({ name }) => name).sort()).toEqual([...queueNames].sort());
	expect(Object.keys(queues).sort()).toEqual([...queueNames, sweep].sort());
});

test('a payload is the one id of a row, and a job does at least one at a time', () => {
	for (const { name, payload, atOnce } of jobs) {
		const of = name.split('.')[0]!;
		const id = crypto.randomUUID();
		// the team and the person are the worker's
		expect(v.parse(payload, { [`${of}Id`]: id, teamId: 'x', userId: null })).toEqual({ [`${of}Id`]: id });
		expect(v.safeParse(payload, { [`${of}Id`]: 'nonsense' }).success).toBe(false);
		expect(atOnce).toBeGreaterThan(0);
	}
});
