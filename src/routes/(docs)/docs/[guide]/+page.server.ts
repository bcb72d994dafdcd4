import type { PageServerLoad } from './$types';
import { guideSource, listGuides } from '../../guides.ts';
import { blocksOf } from '../../markdown.ts';

export const load: PageServerLoad = ({ params }) => {
	const blocks = blocksOf(guideSource(params.guide));
	const guides = listGuides().flatMap((section) => section.guides);
	const place = guides.findIndex(({ name }) => name === params.guide);
	return { blocks, guide: guides[place]!, following: guides[place + 1] ?? null };
};
