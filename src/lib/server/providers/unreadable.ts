import type { Place } from './call.ts';
import { ProviderError } from './errors.ts';

/** An answer came, but not one to this question: a page of a proxy, or a success without content. */
export const unreadable = ({ name }: Pick<Place, 'name'>, more: { lost?: boolean; detail?: string } = {}) =>
	new ProviderError('down', `${name} answered in a way that can not be read. Try again in a few minutes.`, more);

/** What was made, with its number. Without one it may have been made all the same, so it counts as lost. */
export function numbered<T extends { id?: unknown }>(answer: T | null | undefined, place: Pick<Place, 'name'>): T {
	if (typeof answer?.id === 'string' && answer.id !== '') return answer;
	throw unreadable(place, { lost: true });
}

/** The items of a list. The SDKs would make an empty one of any text, and an empty list is a statement. */
export function listIn<T>(answer: { data?: T[] | null } | null | undefined, place: Pick<Place, 'name'>): T[] {
	if (Array.isArray(answer?.data)) return answer.data;
	throw unreadable(place);
}

/**
 * Whether something broke on what an answer contained, and not in our own code: it could not be taken apart, or the
 * database could not keep it (SQLSTATE 22 and 23).
 */
export function isUnreadable(problem: unknown): boolean {
	if (!(problem instanceof Error)) return false;
	if (problem instanceof TypeError || problem instanceof RangeError || problem instanceof SyntaxError) return true;
	return /^2[23]/.test(String((problem as { code?: unknown }).code ?? '')) || isUnreadable(problem.cause);
}
