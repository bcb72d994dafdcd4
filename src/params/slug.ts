import { isSlug } from '../lib/core/text/slug.ts';

/** A team's or project's name in an address; words the app uses itself are taken (core/text/slug.ts). */
export const match = (param: string) => isSlug(param);
