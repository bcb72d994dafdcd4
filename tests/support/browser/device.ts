import { randomUUID } from 'node:crypto';
import { beginDevice, confirmDevice, takeToken } from '../../../src/lib/server/access/device.ts';

/** A personal token, as a program gets one: it asks, the person confirms. */
export const newToken = async (personId: string, teamId: string) => {
	// its own network, since each has a limit
	const program = { address: `2001:db8:${randomUUID().slice(0, 4)}::1`, browserToken: undefined };
	const { deviceCode, userCode } = await beginDevice(program, { client: 'ait' });
	const person = { id: personId, email: 'x@example.com', name: 'X' };
	await confirmDevice({ person, request: { id: randomUUID(), address: program.address } }, { code: userCode, teamId });
	return takeToken(program, { deviceCode });
};

/** Somebody who confirms the code that a command shows, once, as soon as they hear of it. */
export const confirming = (personId: string, teamId: string) => {
	let isDone = false;
	return (said: string): void => {
		const code = /Confirm the code (\S+) at/.exec(said)?.[1];
		if (!code || isDone) return;
		isDone = true;
		const person = { id: personId, email: 'x@example.com', name: 'X' };
		void confirmDevice({ person, request: { id: randomUUID(), address: '127.0.0.1' } }, { code, teamId });
	};
};
