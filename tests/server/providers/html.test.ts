import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ProviderError } from '../../../src/lib/server/providers/errors.ts';
import { type Access, type TrainingOrder, providerIds } from '../../../src/lib/server/providers/provider.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { startOddServer } from './odd-server.ts';

configureProviders({ allowLocal: true });

// A proxy, a captive portal, a login page: the answer is 200 and no answer at all.
const pages: Record<string, object | string> = {
	'a page': '<!doctype html><html><body>Sign in</body></html>',
	'an empty body': '',
	'an empty object': {},
	'an empty list': [],
	'a list of nothing': { data: [null] }
};
const servers: Record<string, Awaited<ReturnType<typeof startOddServer>>> = {};
beforeAll(async () => {
	for (const [name, said] of Object.entries(pages)) servers[name] = await startOddServer(() => said);
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const order: TrainingOrder = {
	mark: 'm-1',
	model: 'm',
	method: 'sft',
	trainingFileId: 'file-1',
	validationFileId: null,
	recipe: defaultRecipe,
	seed: 1
};
const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi?' }], temperature: 0, maxTokens: 9 };

// beside each other: most of the time they pause before they ask once more
describe.concurrent.each(Object.keys(pages))('%s in place of an answer', (name) => {
	test.each(providerIds.filter((id) => id === 'sandbox' || id === 'own-server' || id === 'openai-compatible'))(
		'%s: is the provider’s fault, never ours',
		async (id) => {
			const access: Access = { provider: id, baseUrl: servers[name]!.url, key: 'a key' };
			const provider = providers[id];
			const calls: Record<string, () => Promise<unknown>> = {
				check: () => provider.check(access),
				models: () => provider.models(access),
				model: () => provider.model(access, 'm'),
				estimate: () => provider.estimate(access, order),
				upload: () => provider.upload(access, { name: 'a.jsonl', body: '{}\n', purpose: 'train' }),
				submit: () => provider.submit(access, order),
				find: () => provider.find(access, 'm-1'),
				report: () => provider.report(access, 'job-1'),
				cancel: () => provider.cancel(access, 'job-1'),
				deployable: () => provider.deployable(access, { modelObject: 'ml_1' }),
				deployableBase: () => provider.deployable(access, { modelObject: 'ml_1', base: 'm' }),
				deployed: () => provider.deployed(access),
				chat: () => provider.chat(access, question),
				stream: () => provider.chat(access, question, () => {})
			};
			const ends = await Promise.allSettled(Object.values(calls).map((work) => work()));
			for (const [i, end] of ends.entries()) {
				const call = Object.keys(calls)[i];
				const problem = end.status === 'rejected' ? end.reason : null;
				expect(problem === null || problem instanceof ProviderError, `${call}: ${problem}`).toBe(true);
			}
		},
		60_000
	);
});
