import { createReadStream, readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { promptText } from '../lib/core/examples/fingerprint.ts';
import type { Mark } from '../lib/core/evaluations/ballots.ts';
import { linesOf } from '../lib/core/examples/import/lines.ts';
import { isOver } from '../lib/core/runs/status.ts';
import { to } from '../lib/paths.ts';
import { config } from '../lib/server/platform/config.ts';
import { evaluations as evaluationRows } from '../lib/server/platform/db/schema.ts';
import { castVote, createEvaluation, revealResults } from '../lib/server/evaluations/commands.ts';
import { getEvaluation, getResults, nextPairs } from '../lib/server/evaluations/queries.ts';
import { importExamples } from '../lib/server/examples/commands.ts';
import { countExamples } from '../lib/server/examples/queries.ts';
import { configureProviders } from '../lib/server/providers/configure.ts';
import { startRun } from '../lib/server/runs/commands.ts';
import { getRun, listRuns } from '../lib/server/runs/queries.ts';
import { type Scope, inProject } from '../lib/server/access/scope.ts';
import { applySplit } from '../lib/server/splits/commands.ts';
import { getSplit } from '../lib/server/splits/queries.ts';
import { defaultRecipe } from '../lib/core/runs/recipe.ts';
import { demoTeam, demoSlug, signInUrl } from './demo-team.ts';

const dataset = 'examples/customer-support';
const waitSeconds = 180;

type Told = { log: (line: string) => void };

/**
 * Once round the loop, by the use cases that the pages call: import, split, train, compare blind, verdict. What an earlier
 * run has done is left as it is. Every number it prints was read from the database. Throws with a sentence when a step fails.
 */
export const runDemo = async ({ log, baseUrl }: Told & { baseUrl: string }) => {
	configureProviders({ allowLocal: config().allowLocalProviders });
	const { scope, voters, team } = await demoTeam();
	log(`\nTeam "${team.name}", project "Customer support"`);

	await fillProject(scope, log);
	const runId = await train(scope, log);
	const evaluationId = await compare(scope, runId, log);
	await vote(scope, voters, evaluationId, log);
	await tellVerdict(scope, evaluationId, log);

	log(`  Results    ${baseUrl}${to.results(team.slug, demoSlug, evaluationId)}`);
	return { scope, signInUrl: await signInUrl(baseUrl, to.results(team.slug, demoSlug, evaluationId)) };
};

const fillProject = async (team: Scope, log: Told['log']) => {
	const scope = await inProject(team, demoSlug);
	const lines = linesOf(createReadStream(`${dataset}/examples.jsonl`));
	const result = await importExamples(scope, { fileName: 'examples.jsonl', lines });
	if (result.refused > 0) throw new Error(`The import refused a line: ${result.refusals[0]!.reason}`);
	const counts = await countExamples(scope);
	log(`  Import     ${result.added} new, ${result.duplicates} known; ${counts.total} examples in all`);
	log(`  Ratings    ${counts.bad} bad, ${counts.okay} okay, ${counts.great} great, ${counts.unrated} still to rate`);

	const { moved } = await applySplit(scope, { ratio: 0.8, seed: 1 });
	const sides = Object.fromEntries((await getSplit(scope)).map((side) => [side.side, side.count]));
	log(`  Split      ${moved} moved; ${sides.train} train, ${sides.validation} validation, locked`);
};

const train = async (scope: Scope, log: Told['log']) => {
	const project = await inProject(scope, demoSlug);
	const known = (await listRuns(project, { page: 1 })).rows.find((run) => run.status === 'ready' || !isOver(run));
	const runId = known?.id ?? (await startRun(project, { clientId: randomUUID(), method: 'sft', ...defaultRecipe })).id;
	let status = '';
	await until(`the run to be ready`, async () => {
		const { run, points } = await getRun(project, { runId });
		if (run.status !== status) log(`  Train      v${run.version} ${(status = run.status)}`);
		if (run.status === 'failed' || run.status === 'cancelled') {
			throw new Error(`The run ended as ${run.status}: ${run.problem ?? 'no reason was given'}`);
		}
		if (run.status !== 'ready') return false;
		const curve = points.filter((point) => point.series === 'validation');
		const losses =
			curve.length > 1 ? `, validation loss ${curve[0]!.loss.toFixed(2)} → ${curve.at(-1)!.loss.toFixed(2)}` : '';
		log(`             ${run.model}: ${run.trainCount} examples, ${run.stepsTotal} steps${losses}`);
		return true;
	});
	return runId;
};

const compare = async (scope: Scope, runId: string, log: Told['log']) => {
	const [known] = await scope.tx((tx) => tx.select({ id: evaluationRows.id }).from(evaluationRows).limit(1));
	const inDemo = await inProject(scope, demoSlug);
	const validation = (await getSplit(inDemo)).find((side) => side.side === 'validation')!.count;
	const id =
		known?.id ??
		(
			await createEvaluation(inDemo, {
				runId,
				against: 'base',
				promptsFrom: 'validation',
				pairs: validation,
				// each recorded prompt has the votes of two people
				votes: 2,
				delta: 20,
				temperature: 0,
				maxTokens: 1024,
				thinking: false
			})
		).id;
	await until('the answers to be written', async () => {
		const { status, problem, answers, planned } = await getEvaluation(inDemo, { evaluationId: id });
		if (status === 'failed') throw new Error(`The answers could not be written: ${problem}`);
		if (status !== 'voting') return false;
		log(`  Compare    ${planned} prompts, ${answers.a + answers.b} answers written and kept`);
		return true;
	});
	return id;
};

/** Votes that were recorded for these answers, by whom and how: examples/customer-support/README.md. */
const recordedVotes = () =>
	new Map(
		readFileSync(`${dataset}/votes.jsonl`, 'utf8')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { prompt: string; votes: ('tuned' | 'base' | 'tie' | 'both_bad')[] })
			.map(({ prompt, votes }) => [prompt, votes])
	);

const vote = async (scope: Scope, voters: Scope[], evaluationId: string, log: Told['log']) => {
	const recorded = recordedVotes();
	let cast = 0;
	for (const [voter, each] of voters.entries()) {
		const person = await inProject(each, demoSlug);
		for (;;) {
			const queue = await nextPairs(person, { evaluationId, after: -1 });
			if (queue.state !== 'open' || queue.pairs.length === 0) break;
			// nobody is told who wrote what; only this seed, which plays votes back, may look behind it
			const papers = await papersOf(scope, evaluationId);
			for (const { ballotId, prompt } of queue.pairs) {
				const found =
					recorded.get(promptText([...prompt, { role: 'assistant', content: '' }]).trim())?.[voter] ?? 'tie';
				const { swapped, repeat } = papers.get(ballotId)!;
				const meant: Mark =
					found === 'tie' || found === 'both_bad' ? found : (found === 'tuned') === !swapped ? 'first' : 'second';
				// nobody was asked a second time: what they would have said then is not recorded
				const choice = repeat ? 'skip' : meant;
				await castVote(person, { evaluationId, ballotId, choice, clientId: randomUUID() });
				if (!repeat) cast++;
			}
		}
	}
	log(`  Vote       ${cast} recorded votes cast for ${voters.length} people (${dataset}/README.md)`);
};

const papersOf = async (scope: Scope, evaluationId: string) => {
	const rows = await scope.tx(
		(tx) => tx.$client`select id, swapped, repeat from ballots where evaluation_id = ${evaluationId}`
	);
	return new Map(
		rows.map(({ id, swapped, repeat }) => [id as string, { swapped, repeat } as Record<'swapped' | 'repeat', boolean>])
	);
};

const tellVerdict = async (scope: Scope, evaluationId: string, log: Told['log']) => {
	const inDemo = await inProject(scope, demoSlug);
	await revealResults(inDemo, { evaluationId });
	const found = await getResults(inDemo, { evaluationId, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('The results are still locked.');
	const { counts, verdict } = found.results;
	log(`  Results    ${counts.wins} won, ${counts.ties} tied, ${counts.losses} lost, ${counts.bothBad} both bad`);
	log(`  Verdict    ${verdict.title}: ${verdict.sentence}`);
};

const until = async (what: string, done: () => Promise<boolean>) => {
	for (const deadline = Date.now() + waitSeconds * 1000; !(await done());) {
		if (Date.now() > deadline) throw new Error(`Waited ${waitSeconds} s for ${what}.`);
		await new Promise((next) => setTimeout(next, 250));
	}
};
