import * as v from 'valibot';
import { NewConnection } from '../connections/connection.ts';
import { Id } from '../id.ts';
import { NewProject } from './settings.ts';

const { connectionId: _, ...Rest } = NewProject.entries;

/** A project on a connection that is there. */
const OnExisting = v.object({ ...Rest, connectionId: NewProject.entries.connectionId });

/** A project together with the connection it will use; `connectionId` then says `new`. */
const WithNew = v.intersect([v.object({ ...Rest, connectionId: v.literal('new') }), NewConnection]);

/** What the page for a new project sends: one form, and either of the two. */
export const ProjectDraft = v.lazy((input) =>
	(input as { connectionId?: unknown } | null)?.connectionId === 'new' ? WithNew : OnExisting
);
export type ProjectDraft = v.InferOutput<typeof OnExisting> | v.InferOutput<typeof WithNew>;

export const OfConnection = v.object({ connectionId: Id('The connection') });
