import { env } from 'node:process';
import { error } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

/** Every component in every state, for us: not in production. (The demo serves a production build, so `dev` is not enough.) */
export const load: LayoutServerLoad = () => {
	if (env.NODE_ENV === 'production') error(404, { message: 'Not found' });
};
