import type { LayoutServerLoad } from './$types';
import { listGuides } from './guides.ts';
import { listReference } from './reference.ts';

/** The navigation, and that everybody may keep a page for a while: nobody in particular asks for it (hooks.server.ts). */
export const load: LayoutServerLoad = ({ setHeaders, url }) => {
	setHeaders({ 'cache-control': 'public, max-age=300' });
	return { guides: listGuides(), features: listReference(), pathname: url.pathname };
};
