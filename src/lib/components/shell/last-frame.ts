import type { Component, Snippet } from 'svelte';

type Frame = Component<{ data: never; project: never; children: Snippet }>;

/**
 * What stands around the pages of the team that was open last. Where the server does not answer, Kit falls back to the page of an
 * error that knows no team: it keeps this around it. Nothing else reads it.
 */
export const lastFrame: { Frame: Frame; data: never; project: never } | { Frame: null } = { Frame: null };

/** Said by a team's layout whenever what it shows is another. */
export const keepFrame = (Frame: unknown, data: unknown, project: unknown): void => {
	Object.assign(lastFrame, { Frame, data, project });
};
