import { isIP } from 'node:net';
import { createKey, revokeKey } from '../lib/server/keys/commands.ts';
import { listKeys } from '../lib/server/keys/queries.ts';
import type { Scope } from '../lib/server/access/scope.ts';

const name = 'Demo';

/** Whether a server on this address is reached from this machine only. */
export const isLoopback = (host: string): boolean =>
	host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** A trainer's key for the examples in examples/api. It is kept nowhere, so each run makes a new one and ends the one before. */
export const makeDemoKey = async (scope: Scope): Promise<string> => {
	for (const { id, name: called, state } of await listKeys(scope, {}))
		if (called === name && (state === 'open' || state === 'ending')) await revokeKey(scope, { keyId: id });
	const { key } = await createKey(scope, { name, role: 'trainer', projectIds: null, days: 30 });
	return key;
};
