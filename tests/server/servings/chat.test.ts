import { afterAll, beforeAll, expect, test } from 'vitest';
import { chat } from '../../../src/lib/server/servings/chat.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { answerEvents } from '../../support/servers/answer-events.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 50 });
});
afterAll(async () => {
	await sandbox.stop();
	await closePools();
});

const ask = { runId: null, messages: [{ role: 'user' as const, content: 'Hi' }], temperature: 0, maxTokens: 50 };
const newChat = async (baseModel = 'sandbox-small', sandboxUrl = sandbox.url) => {
	const { scope } = await newTeam();
	await newProject(scope, { baseModel, sandboxUrl });
	return inProject(scope, 'support');
};

test('the base model answers piece by piece, and says at the end how it ended', async () => {
	const events = await answerEvents((await chat(await newChat(), ask)).pieces);
	expect(events.length).toBeGreaterThan(1);
	expect(events.slice(0, -1).every((event) => 'text' in event && event.text !== '')).toBe(true);
	expect(events.at(-1)).toMatchObject({ done: true, finishReason: expect.any(String) });
});

test('a model that the provider does not know is told in its words, not as a bug', async () => {
	const events = await answerEvents((await chat(await newChat('no-such-model'), ask)).pieces);
	expect(events).toEqual([{ error: { code: 'conflict', message: expect.any(String) } }]);
});

test('a ninth answer at once waits; whoever stops reading makes room', async () => {
	const slow = await startSandbox({ port: 0, speed: 1 });
	const scope = await newChat('sandbox-small', slow.url);
	const open = await Promise.all(Array.from({ length: 8 }, () => chat(scope, ask)));
	await expect(chat(scope, ask)).rejects.toMatchObject({ code: 'rate_limited' });
	for (const { pieces } of open) {
		const reader = pieces[Symbol.asyncIterator]();
		await reader.next();
		await reader.return!();
	}
	expect((await answerEvents((await chat(scope, ask)).pieces)).at(-1)).toMatchObject({ done: true });
	await slow.stop();
});
