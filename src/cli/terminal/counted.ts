import { figure } from '../../lib/core/text/figure.ts';

/** So many of something, in words. */
export const counted = (count: number, what: string): string => `${figure(count)} ${what}${count === 1 ? '' : 's'}`;
