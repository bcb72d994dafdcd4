import { error } from '@sveltejs/kit';
import { restBase } from '$lib/contract/openapi/document';
import { restFeatures } from '$lib/contract/openapi/features';
import { config } from '$lib/server/platform/config';
import type { PageServerLoad } from './$types';
import { shownOperation } from '../../../reference.ts';

export const load: PageServerLoad = ({ params }) => {
	const feature = restFeatures.find(({ id }) => id === params.feature);
	if (!feature) error(404, { code: 'not_found', message: 'There is no such page of the reference.' });
	const { rows, ...words } = feature;
	return { feature: words, operations: rows.map((row) => shownOperation(row, config().origin + restBase)) };
};
