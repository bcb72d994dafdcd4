import { randomUUID } from 'node:crypto';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { migrate } from '../../src/lib/server/platform/db/migrate.ts';
import { castVote } from '../../src/lib/server/evaluations/commands.ts';
import { getResults, listEvaluations, nextPairs } from '../../src/lib/server/evaluations/queries.ts';
import { addExample } from '../../src/lib/server/examples/commands.ts';
import { getExample, listExamples } from '../../src/lib/server/examples/queries.ts';
import { listProjects } from '../../src/lib/server/project/queries.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import { listRuns } from '../../src/lib/server/runs/queries.ts';
import { inProject, scopeFor } from '../../src/lib/server/access/scope.ts';

// All that the upgrade test knows of the app: what has moved or changed its name is mended here, and the test stays.

export { closePools, migrate };

/** Where to look in a dumped database. */
export type Place = {
	teamId: string;
	project: string;
	owner: string;
	/** Rated and rewritten. */
	example: string;
	revealed: string;
	voting: string;
};

/** What the owner of a team can do, by the use cases that pages call. */
export const ownerOf = ({ teamId, project, owner, example, revealed, voting }: Place) => {
	const scope = scopeFor({ teamId, userId: owner, role: 'owner', projectIds: 'all' });
	const within = () => inProject(scope, project);
	const look = async () => getExample(await within(), { exampleId: example });
	const progress = async () => (await listEvaluations(await within(), {})).rows.find(({ id }) => id === voting)!.mine;
	return {
		look,
		progress,
		/** Gives the example a score and returns what is now its rating. */
		rate: async (score: number) => {
			await rateExample(await within(), { exampleId: example, score, clientId: randomUUID() });
			return (await look()).rating;
		},
		/** Adds an example and returns its number. */
		add: async (question: string) => {
			const messages = [
				{ role: 'user' as const, content: question },
				{ role: 'assistant' as const, content: 'It is.' }
			];
			return (await addExample(await within(), { messages, rating: null })).number;
		},
		/** Votes on the next pair of the open evaluation. */
		vote: async () => {
			const { pairs } = await nextPairs(await within(), { evaluationId: voting, after: -1 });
			await castVote(await within(), {
				evaluationId: voting,
				ballotId: pairs[0]!.ballotId,
				choice: 'first',
				clientId: randomUUID()
			});
		},
		/** What the owner reads on the pages: the same before and after an upgrade. */
		read: async () => {
			const found = await getResults(await within(), { evaluationId: revealed, show: 'all', page: 1 });
			if (!('results' in found)) throw new Error('The results are locked.');
			const { rating, ratingsCount, rewrite, number } = await look();
			const examples = (await listExamples(await within(), {})).rows;
			return {
				projects: (await listProjects(scope)).map(({ slug }) => slug),
				examples: examples.map(({ number, rating, rewritten, split }) => ({ number, rating, rewritten, split })),
				example: { number, rating, ratingsCount, rewrite },
				runs: (await listRuns(await within(), { page: 1 })).rows.map(({ version, status }) => ({ version, status })),
				evaluations: (await listEvaluations(await within(), {})).rows.map(({ number, status, planned, judged }) => ({
					number,
					status,
					planned,
					judged
				})),
				verdict: found.results.verdict.kind,
				netPreference: found.results.verdict.netPreference,
				counts: found.results.counts
			};
		}
	};
};

/** What a dump says of itself: where to look, and what is read there. */
export const readFacts = async (place: Place) => ({ place, reads: await ownerOf(place).read() });
export type Facts = Awaited<ReturnType<typeof readFacts>>;
