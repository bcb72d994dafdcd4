import { randomUUID } from 'node:crypto';
import { beginDevice, confirmDevice, takeToken } from '../../src/lib/server/access/device.ts';

/** A personal token, as a program gets one: it asks, the person confirms. */
export const newToken = async (personId: string, teamId: string) => {
	// its own network, since each has a limit
	const program = { address: `2001:db8:${randomUUID().slice(0, 4)}::1`, browserToken: undefined };
	const { deviceCode, userCode } = await beginDevice(program, { client: 'ait' });
	const person = { id: personId, email: 'x@example.com', name: 'X' };
	await confirmDevice({ person, request: { id: randomUUID(), address: program.address } }, { code: userCode, teamId });
	return takeToken(program, { deviceCode });
};
