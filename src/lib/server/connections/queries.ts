import { count, eq } from 'drizzle-orm';
import { ListConnections, ListProviders, TestNewConnection } from '../../contract/connections.ts';
import { query } from '../access/operation.ts';
import { connections, projects } from '../platform/db/schema.ts';
import { accessToNew, ask } from './check.ts';
import { offeredProviders } from './rows.ts';

/** The team's connections in the order they were made, with the number of projects on each. */
export const listConnections = query(ListConnections, (scope) =>
	scope.tx((tx) =>
		tx
			.select({
				id: connections.id,
				createdAt: connections.createdAt,
				provider: connections.provider,
				name: connections.name,
				baseUrl: connections.baseUrl,
				keyHint: connections.keyHint,
				status: connections.status,
				training: connections.training,
				problem: connections.problem,
				checkedAt: connections.checkedAt,
				projects: count(projects.id)
			})
			.from(connections)
			.leftJoin(projects, eq(projects.connectionId, connections.id))
			.groupBy(connections.teamId, connections.id)
			.orderBy(connections.createdAt, connections.id)
	)
);

/** The providers a connection can be made to. */
export const listProviders = query(ListProviders, offeredProviders);

/** Tries a key before it is kept. */
export const testNewConnection = query(
	TestNewConnection,
	async (scope, input) => (await ask(await accessToNew(scope, input))).check
);
