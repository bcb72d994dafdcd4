import fs from 'node:fs';
import path from 'node:path';
import { restFeatures } from '../../../src/lib/contract/openapi/features.ts';
import { to } from '../../../src/lib/paths.ts';
import { lines } from '../data/route-table.ts';
import { endpointName, listEndpoints } from '../data/route-files.ts';
import type { World } from '../data/world.ts';

export type ShownPage = {
	name: string;
	address: (w: World) => string;
	visitor: 'anonymous' | 'owner' | 'rater';
	/** Another page, which is looked at in every way, is made of the same parts: this one brings other words. */
	isLikeAnother?: true;
	/** It has places of its own, and no colours that another page has not. */
	hasColoursOfAnother?: boolean;
};

const nameOf = (route: string) =>
	route
		.replaceAll(/\(\w+\)\//g, '')
		.replaceAll(/\[(\w+)(=\w+)?\]/g, '$1')
		.replaceAll('/', ' ')
		.trim()
		.replaceAll(' ', '-') || 'start';

/** Where a person has to be signed out to see the page itself: signed in, these lead on. */
const signedOut = new Set(['/', '/login']);
const isDocs = (route: string) => route.startsWith('/(docs)');
/** Of the docs these two have every colour: what is read, and what is looked up. */
const hasColoursOfAnother = (route: string) => isDocs(route) && !/\/docs\/(api\/\[feature\]|\[guide\])$/.test(route);

/** The rest of the reference and the guides: one page of each kind has its line. */
const docs = [
	...restFeatures.map(({ id }) => to.referenceOf(id)),
	...fs.readdirSync('src/routes/(docs)/guides').map((file) => to.guide(path.basename(file, '.md')))
].map((address): ShownPage => ({
	name: address.slice(1).replaceAll('/', '-'),
	address: () => address,
	visitor: 'anonymous',
	isLikeAnother: true
}));

/** Pages in another state than the one their line in route-table.ts has. */
const states: ShownPage[] = [
	{ name: 'team-project-dashboard-rater', address: (w) => `/${w.team}/${w.project}`, visitor: 'rater' },
	{ name: 'team-project-add-import', address: (w) => `/${w.team}/${w.project}/add?tab=import`, visitor: 'owner' },
	{ name: 'team-project-add-paste', address: (w) => `/${w.team}/${w.project}/add?tab=paste`, visitor: 'owner' },
	{
		name: 'team-project-split-preview',
		address: (w) => `/${w.team}/${w.project}/split?ratio=0.7&seed=2`,
		visitor: 'owner'
	},
	{ name: 'team-project-train-failed', address: (w) => `/${w.team}/${w.project}/train/${w.failed}`, visitor: 'owner' },
	{
		name: 'team-project-train-new-pairs',
		address: (w) => `/${w.team}/${w.project}/train/new?method=dpo`,
		visitor: 'owner'
	},
	{
		name: 'team-project-eval-three-way-revealed',
		address: (w) => `/${w.team}/${w.project}/eval/${w.threeRevealed}/three-way`,
		visitor: 'owner'
	},
	{ name: 'team-project-eval-failed', address: (w) => `/${w.team}/${w.project}/eval/${w.stuck}`, visitor: 'owner' },
	{
		name: 'team-project-results-locked',
		address: (w) => `/${w.team}/${w.project}/eval/${w.voting}/results`,
		visitor: 'owner'
	},
	{ name: 'not-found', address: (w) => `/${w.team}/${w.project}/train/nothing`, visitor: 'owner' },
	{ name: 'not-allowed', address: (w) => `/${w.team}/${w.project}/train`, visitor: 'rater' }
];

/** Every page of the app and the states worth a look. A new page is here by itself, with its line in route-table.ts. */
export const shownPages = (): ShownPage[] => [
	...listEndpoints()
		.filter(({ method, route }) => method === 'page' && !route.startsWith('/dev/ui'))
		.map(({ method, route }): ShownPage => {
			const line = lines[endpointName({ method, route })];
			if (!line) throw new Error(`${route} has no line in tests/support/data/route-table.ts.`);
			return {
				name: nameOf(route),
				address: line.at,
				visitor: signedOut.has(route) || isDocs(route) ? 'anonymous' : 'owner',
				hasColoursOfAnother: hasColoursOfAnother(route)
			};
		}),
	...states,
	...docs
];
