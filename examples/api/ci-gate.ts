// A gate for CI: goes on only when people, blind, have found one version better than another.
//
//   AIT_KEY=ait_sk_… node examples/api/ci-gate.ts PROJECT v5 v4
//   AIT_KEY=ait_sk_… node examples/api/ci-gate.ts PROJECT v1 base
//
// Ends with 0 when the verdict of the newest comparison is SHIP IT, with 5 when it is not, with 4 when there is no verdict yet.

import { ask, stop } from './ask.ts';

const [project = '', better = '', than = ''] = process.argv.slice(2);
if (!than) stop('Use: AIT_KEY=ait_sk_… node ci-gate.ts PROJECT v5 v4', 2);

type Score = {
	version: string;
	against: string;
	kind: string;
	title: string;
	wins: number;
	losses: number;
	ties: number;
};
type Page = { data: { id: string; number: number; score: Score | null }[]; next: string | null };

/** The newest comparison of these two whose results are known. */
const findScore = async (cursor?: string): Promise<Score | null> => {
	const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
	const { data, next } = await ask<Page>(`/projects/${project}/evaluations${query}`);
	const found = data.find(({ score }) => score?.version === better && score.against === than);
	return found?.score ?? (next ? findScore(next) : null);
};

const score = await findScore();
if (!score) stop(`Nobody has revealed a comparison of ${better} with ${than} yet.`, 4);
else {
	const { title, kind, wins, losses, ties } = score;
	console.log(`${title}: ${better} won ${wins}, lost ${losses}, ${ties} tied with ${than}.`);
	process.exitCode = kind === 'ship-it' ? 0 : 5;
}
