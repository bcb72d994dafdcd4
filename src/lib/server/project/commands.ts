import { eq, sql } from 'drizzle-orm';
import type { Input } from '../../contract/operation.ts';
import { CreateProject, UpdateProject } from '../../contract/project.ts';
import { AppError } from '../../core/errors.ts';
import { defaultRecipe } from '../../core/runs/recipe.ts';
import { slugFrom } from '../../core/text/slug-from.ts';
import { command } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { prepareConnection } from '../connections/commands.ts';
import { record } from '../events/record.ts';
import { idFrom } from '../platform/crypto.ts';
import { projects } from '../platform/db/schema.ts';
import { detailed, lockedProject, mayMakeProjects, mustBeConnection } from './rows.ts';

type Settings = Omit<Input<typeof CreateProject>, 'connection' | 'connectionId' | 'clientId'> & {
	id: string;
	connectionId: string;
};

const codeOf = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code;

/** What a form that is sent again has made is not seen any more, but keeps its id while it can be brought back. */
const deletedSince = (problem: unknown): never => {
	if (codeOf(problem) !== '23505') throw problem;
	throw new AppError(
		'conflict',
		'This form has made a project already, which was deleted since. An owner can bring it back from the page of the team; for a new one, open this form again.',
		'name'
	);
};

/** A step: the project under the first slug of its name that is free. Throws *conflict* where its id is that of a deleted one. */
const insertProject = async (tx: Tx, settings: Settings) => {
	const wanted = slugFrom(settings.name, 'project');
	for (let attempt = 1; attempt <= 50; attempt++) {
		const slug = attempt === 1 ? wanted : `${wanted.slice(0, 36)}-${attempt}`;
		const [made] = await tx
			.insert(projects)
			.values({ ...settings, slug, recipe: defaultRecipe })
			.onConflictDoNothing({ target: [projects.teamId, projects.slug] })
			.returning()
			.catch(deletedSince);
		if (made) return made;
	}
	throw new AppError('conflict', 'Too many projects have this name. Choose another.', 'name');
};

/** What is wrong with a field of the connection stands under its place in the whole. */
const insideConnection = (problem: unknown): never => {
	if (!(problem instanceof AppError) || problem.field === undefined) throw problem;
	throw new AppError(problem.code, problem.message, `connection.${problem.field}`);
};

/**
 * Makes a project, and its connection with it where that is new: both in one transaction, or neither. The slug follows the
 * name; a taken one gets a number. The same `clientId` is the same project, however often it comes.
 */
export const createProject = command(
	CreateProject,
	async (scope, { clientId, connectionId, connection, ...settings }) => {
		mayMakeProjects(scope);
		const prepared = connection && (await prepareConnection(scope, connection).catch(insideConnection));
		const id = idFrom(`project|${scope.teamId}|${clientId}`);
		return scope.tx(async (tx) => {
			await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${id}, 14))`);
			const [there] = await tx.select().from(projects).where(eq(projects.id, id));
			if (there) return detailed(there);
			const usedId = prepared ? await prepared.keep(tx) : connectionId!;
			await mustBeConnection(tx, usedId);
			const made = await insertProject(tx, { ...settings, id, connectionId: usedId });
			const { name, slug } = made;
			await record(tx, scope, { event: 'project.created', subject: id, projectId: id, details: { name, slug } });
			return detailed(made);
		});
	}
);

/** Changes the settings of a project; runs that are there keep theirs. */
export const updateProject = command(UpdateProject, (scope, input) =>
	scope.tx(async (tx) => {
		const { id } = await lockedProject(tx, scope);
		await mustBeConnection(tx, input.connectionId);
		const [changed] = await tx.update(projects).set(input).where(eq(projects.id, id)).returning();
		const { name, baseModel } = input;
		await record(tx, scope, { event: 'project.changed', subject: id, projectId: id, details: { name, baseModel } });
		return detailed(changed!);
	})
);
