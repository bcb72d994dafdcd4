import { count, eq } from 'drizzle-orm';
import { ListConnections, ListProviders, ListStrays, TestNewConnection } from '../../contract/connections.ts';
import { query } from '../access/operation.ts';
import { connections, projects } from '../platform/db/schema.ts';
import { accessToNew, ask } from './check.ts';
import { providers } from '../providers/registry.ts';
import { offeredProviders, shownPrices } from './rows.ts';
import { shownStray } from './strays.ts';

/** The team's connections in the order they were made, with the number of projects on each. */
export const listConnections = query(ListConnections, async (scope) => {
	const rows = await scope.tx((tx) =>
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
				strays: connections.strays,
				straysAt: connections.straysAt,
				stopsStrays: connections.stopsStrays,
				prices: connections.prices,
				projects: count(projects.id)
			})
			.from(connections)
			.leftJoin(projects, eq(projects.connectionId, connections.id))
			.groupBy(connections.teamId, connections.id)
			.orderBy(connections.createdAt, connections.id)
	);
	return rows.map(({ strays, prices, ...row }) => ({
		...row,
		prices: shownPrices(prices),
		deploys: providers[row.provider].servesTunedModels === 'after-deploy',
		strays: strays.map(shownStray)
	}));
});

/** Models that run at the providers and that nothing here knows of, as the last looks found them. */
export const listStrays = query(ListStrays, (scope) =>
	scope.tx(async (tx) => {
		const { id, name, strays, straysAt } = connections;
		const rows = await tx.select({ id, name, strays, straysAt }).from(connections).orderBy(connections.createdAt, id);
		return rows.flatMap((row) =>
			row.strays.map((stray) => ({
				connectionId: row.id,
				connection: row.name,
				straysAt: row.straysAt,
				...shownStray(stray)
			}))
		);
	})
);

/** The providers a connection can be made to. */
export const listProviders = query(ListProviders, offeredProviders);

/** Tries a key before it is kept. */
export const testNewConnection = query(
	TestNewConnection,
	async (scope, input) => (await ask(await accessToNew(scope, input))).check
);
