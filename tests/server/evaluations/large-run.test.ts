// What a run learnt is looked through however much it is.
import { afterAll, expect, test } from 'vitest';
import { trainedAmong } from '../../../src/lib/server/evaluations/leaks.ts';
import { promptText } from '../../../src/lib/core/examples/fingerprint.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { runFiles } from '../../../src/lib/server/platform/db/schema.ts';
import { newContest } from '../../support/data/evaluation.ts';

afterAll(() => closePools());

test('a run on two hundred thousand lines can be compared', async () => {
	const { scope, run, project } = await newContest(1);
	const body = Array.from(
		{ length: 200_000 },
		(_, i) => `{"messages":[{"role":"user","content":"${i}"},{"role":"assistant","content":"a"}]}\n`
	).join('');
	await scope.tx((tx) =>
		tx
			.insert(runFiles)
			.values({ projectId: project.id, runId: run.id, kind: 'train', body, sha256: '', byteCount: body.length })
	);
	const hashOf = (question: string) =>
		sha256(
			promptText([
				{ role: 'user', content: question },
				{ role: 'assistant', content: 'a' }
			])
		).toString('hex');
	const asked = new Set(['0', '199999', '200000'].map(hashOf));
	// what was asked and nothing else, however much was learnt
	expect(await scope.tx((tx) => trainedAmong(tx, run.id, asked))).toEqual(new Set(['0', '199999'].map(hashOf)));
});
