/** What a model thought, by either of the names that servers give it. */
export type Thoughts = { reasoning?: unknown; reasoning_content?: unknown };

export const thoughtIn = (message: Thoughts | null | undefined): string => {
	const thought = message?.reasoning ?? message?.reasoning_content;
	return typeof thought === 'string' ? thought : '';
};
