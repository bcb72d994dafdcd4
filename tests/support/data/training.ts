import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import type { NewRun } from '../../../src/lib/contract/runs.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { isOver, runCan } from '../../../src/lib/core/runs/status.ts';
import { replaceKey } from '../../../src/lib/server/connections/commands.ts';
import { factsOf } from '../../../src/lib/server/examples/rows.ts';
import { examples, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { followRun } from '../../../src/lib/server/runs/follow.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import type { Run } from '../../../src/lib/server/runs/rows.ts';
import { submitRun } from '../../../src/lib/server/runs/submit.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newProject, newTeam } from './team.ts';

type NewExampleRow = {
	question: string;
	answer?: string;
	rating?: number;
	split?: 'train' | 'validation' | null;
	rewrite?: string;
	/** In place of question and answer. */
	messages?: Message[];
	source?: string;
	/** About so many by our estimate. */
	tokens?: number;
};

/** Examples straight into the table, numbered from `from`. */
export const addRows = (scope: Scope, projectId: string, rows: NewExampleRow[], from = 1) =>
	scope.tx((tx) =>
		tx
			.insert(examples)
			.values(
				rows.map(
					(
						{
							question,
							answer = `Answer to ${question}`,
							rating = 9,
							split = 'train',
							rewrite,
							source,
							tokens = 20,
							...given
						},
						i
					) => {
						const messages: Message[] = given.messages ?? [
							{ role: 'user', content: question },
							{ role: 'assistant', content: answer }
						];
						return {
							projectId,
							number: from + i,
							messages,
							split,
							rewrite: rewrite ?? null,
							source: source ?? null,
							...factsOf(messages, null),
							tokens,
							rating,
							ratingsCount: 1,
							origin: 'written' as const
						};
					}
				)
			)
			.returning({ id: examples.id, number: examples.number, split: examples.split })
	);

/** A team whose project has enough to train on: `train` and `validation` good examples. */
export const newWorkshop = async (
	sandboxUrl: string,
	{ baseModel = 'sandbox-small', train = 20, validation = 12, key = '' } = {}
) => {
	const team = await newTeam();
	const made = await newProject(team.scope, { baseModel, sandboxUrl });
	const rows = (split: 'train' | 'validation', count: number) =>
		Array.from({ length: count }, (_, i) => ({ question: `Where is the ${split} thing number ${i}?`, split }));
	const added = await addRows(team.scope, made.project.id, [
		...rows('train', train),
		...rows('validation', validation)
	]);
	if (key) await replaceKey(team.scope, { connectionId: made.connection.id, key });
	return { ...team, ...made, slug: made.project.slug, rows: added, key: key || `sandbox-${team.teamId}` };
};

export const newRun = (more: Partial<NewRun> = {}): NewRun => ({
	clientId: randomUUID(),
	method: 'sft',
	...defaultRecipe,
	...more
});

export const runRow = async (scope: Scope, id: string): Promise<Run> =>
	(await scope.tx((tx) => tx.select().from(runs).where(eq(runs.id, id))))[0]!;

const never = () => new AbortController().signal;
export const submit = (scope: Scope, id: string) => submitRun(scope, id, never());
export const follow = (scope: Scope, id: string) => followRun(scope, id, never());

/** Does what the worker would do, without its waiting, until `enough`. */
export const drive = async (scope: Scope, id: string, enough: (run: Run) => boolean = isOver): Promise<Run> => {
	for (;;) {
		const run = await runRow(scope, id);
		if (enough(run)) return run;
		await (runCan.submit(run) ? submit : follow)(scope, id);
		await sleep(60);
	}
};

/** A run whose first order has just been lost on the way, so that nothing of it is at the provider. */
export const lostOnce = async (sandboxUrl: string, more: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandboxUrl, more);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	// three each for the count and the estimate, which are asked again, and one for the order: 500 is as good as silence
	await orderFault(sandboxUrl, workshop.key, '500', '/fine-tunes', 7);
	await submit(workshop.scope, run.id);
	return { ...workshop, run, jobs: () => jobsAt(sandboxUrl, workshop.key) };
};

/** Another order of the same run at the sandbox, as one that arrives late. Returns its number there. */
export const placeTwin = async (sandboxUrl: string, key: string, run: Run): Promise<string> => {
	const answer = await fetch(`${sandboxUrl}/together/v1/fine-tunes`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ model: run.baseModel, training_file: run.trainingFileId, suffix: run.mark })
	});
	return ((await answer.json()) as { id: string }).id;
};

/** What the sandbox itself has for a key: its jobs, with their suffix. */
export const jobsAt = async (
	sandboxUrl: string,
	key: string
): Promise<{ id: string; status: string; suffix: string }[]> => {
	const answer = await fetch(`${sandboxUrl}/together/v1/fine-tunes`, { headers: { authorization: `Bearer ${key}` } });
	return ((await answer.json()) as { data: { id: string; status: string; suffix: string }[] }).data;
};

/** The next requests of this key whose path contains `path` fail so. */
export const orderFault = (sandboxUrl: string, key: string, fault: string, path: string, times = 1) =>
	fetch(`${sandboxUrl}/faults`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ fault, path, times })
	});

/** What the sandbox itself has deployed for a key. */
export const endpointsAt = async (sandboxUrl: string, key: string): Promise<{ id: string }[]> => {
	const headers = { authorization: `Bearer ${key}` };
	const who = (await (await fetch(`${sandboxUrl}/together/v1/whoami`, { headers })).json()) as { project_id: string };
	const answer = await fetch(`${sandboxUrl}/together/v2/projects/${who.project_id}/endpoints`, { headers });
	return ((await answer.json()) as { data: { id: string }[] }).data;
};
