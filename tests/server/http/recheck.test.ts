import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { whileWelcome } from '../../../src/lib/server/http/recheck.ts';
import { currentSession, endSession, startSession } from '../../../src/lib/server/access/sessions.ts';
import { scopeFor } from '../../../src/lib/server/access/scope.ts';
import { changeRole, removeMember } from '../../../src/lib/server/team/commands.ts';
import { newCookies } from '../../support/data/cookies.ts';
import { newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

async function* numbers() {
	for (let number = 1; ; number++) yield number;
}

const start = async (more: Partial<Parameters<typeof scopeFor>[0]> = {}) => {
	const team = await newTeam();
	const trainer = await team.as('trainer');
	const browser = newCookies();
	await startSession(browser.jar, trainer.userId, '');
	const { session } = (await currentSession(browser.jar))!;
	const scope = scopeFor({
		...trainer,
		authority: { personId: trainer.userId, sessionHandle: session.handle },
		...more
	});
	const pieces = whileWelcome({ locals: { session, scope } as unknown as App.Locals }, numbers(), 0);
	const next = async () => (await pieces.next()).value;
	expect([await next(), await next()]).toEqual([1, 2]);
	return { ...team, trainer, browser, next };
};

test('a file ends in the middle for whoever is removed', async () => {
	const { scope, trainer, next } = await start();
	await removeMember(scope, { personId: trainer.userId! });
	await expect(next()).rejects.toMatchObject({ code: 'forbidden' });
	expect(await next()).toBeUndefined();
});

test('and so does one that a link of a page leads to, whose looks are shared', async () => {
	const { scope, trainer, next } = await start({ sharesLooks: true });
	await removeMember(scope, { personId: trainer.userId! });
	await expect(next()).rejects.toMatchObject({ code: 'forbidden' });
});

test('a file ends in the middle for whoever gets another role', async () => {
	const { scope, trainer, next } = await start();
	await changeRole(scope, { personId: trainer.userId!, role: 'rater', projectIds: null });
	await expect(next()).rejects.toMatchObject({ code: 'forbidden' });
});

test('a file ends in the middle for whoever signs out', async () => {
	const { browser, next } = await start();
	await endSession(browser.jar);
	await expect(next()).rejects.toMatchObject({ code: 'forbidden' });
});
