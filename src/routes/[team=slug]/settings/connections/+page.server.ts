import * as v from 'valibot';
import { NewConnection, NewKey } from '$lib/core/connections/connection';
import { Id } from '$lib/core/id';
import {
	createConnection,
	listConnections,
	listProviders,
	removeConnection,
	replaceKey,
	testConnection,
	testNewConnection
} from '$lib/server/connections/connections';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

const Which = v.object({ connectionId: Id('The connection') });
const KeyFor = v.object({ ...Which.entries, ...NewKey.entries });

export const load = page(Nothing, async ({ locals }) => ({
	connections: await listConnections(locals.scope),
	providers: listProviders()
})) satisfies PageServerLoad;

export const actions = {
	tryNew: form(NewConnection, async ({ locals }, input) => ({ check: await testNewConnection(locals.scope, input) })),
	create: form(NewConnection, async ({ locals }, input) => ({
		check: (await createConnection(locals.scope, input)).check
	})),
	test: form(Which, async ({ locals }, { connectionId }) => ({
		check: await testConnection(locals.scope, connectionId)
	})),
	replaceKey: form(KeyFor, async ({ locals }, { connectionId, key }) => ({
		check: await replaceKey(locals.scope, connectionId, { key })
	})),
	remove: form(Which, ({ locals }, { connectionId }) => removeConnection(locals.scope, connectionId))
} satisfies Actions;
