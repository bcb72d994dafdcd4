import { isSlug } from '../lib/core/team.ts';

/** A team's or project's name in an address; words the app uses itself are taken (core/team.ts). */
export const match = (param: string) => isSlug(param);
