import {
	CreateConnection,
	ListConnections,
	LookForStrays,
	RemoveConnection,
	ReplaceKey,
	SetPrice,
	StopStray,
	SwitchStrays,
	TestConnection,
	TestNewConnection
} from '$lib/contract/connections';
import {
	createConnection,
	lookForStrays,
	removeConnection,
	replaceKey,
	setPrice,
	stopStray,
	switchStrays,
	testConnection
} from '$lib/server/connections/commands';
import { listConnections, listProviders, testNewConnection } from '$lib/server/connections/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListConnections, async ({ locals: { scope } }) => ({
	connections: await listConnections(scope),
	providers: await listProviders(scope)
})) satisfies PageServerLoad;

export const actions = {
	tryNew: form(TestNewConnection, async ({ locals }, input) => ({
		check: await testNewConnection(locals.scope, input)
	})),
	create: form(CreateConnection, ({ locals }, input) => createConnection(locals.scope, input)),
	test: form(TestConnection, async ({ locals }, input) => ({ check: await testConnection(locals.scope, input) })),
	replaceKey: form(ReplaceKey, async ({ locals }, input) => ({ check: await replaceKey(locals.scope, input) })),
	setPrice: form(SetPrice, ({ locals }, input) => setPrice(locals.scope, input)),
	look: form(LookForStrays, async ({ locals }, input) => ({
		found: (await lookForStrays(locals.scope, input)).length
	})),
	stopStray: form(StopStray, ({ locals }, input) => stopStray(locals.scope, input)),
	switchStrays: form(SwitchStrays, ({ locals }, input) => switchStrays(locals.scope, input)),
	remove: form(RemoveConnection, ({ locals }, input) => removeConnection(locals.scope, input))
} satisfies Actions;
