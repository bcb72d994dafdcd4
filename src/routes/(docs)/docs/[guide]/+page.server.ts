import { config } from '$lib/server/platform/config';
import type { PageServerLoad } from './$types';
import { guideSource, listGuides } from '../../guides.ts';
import { blocksOf } from '../../markdown.ts';

export const load: PageServerLoad = ({ params }) => {
	const blocks = blocksOf(guideSource(params.guide, config().origin));
	const guides = listGuides();
	const place = guides.findIndex(({ name }) => name === params.guide);
	return { blocks, guide: guides[place]!, following: guides[place + 1] ?? null };
};
