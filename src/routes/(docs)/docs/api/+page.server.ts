import { restBase } from '$lib/contract/openapi/document';
import { config } from '$lib/server/platform/config';
import type { PageServerLoad } from './$types';
import { listReference } from '../../reference.ts';

export const load: PageServerLoad = ({ url }) => {
	const search = (url.searchParams.get('q') ?? '').slice(0, 200);
	const found = new Set(listReference(search).flatMap(({ operations }) => operations.map(({ name }) => name)));
	return { search, found, base: config().origin + restBase };
};
