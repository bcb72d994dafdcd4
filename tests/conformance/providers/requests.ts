import { setTimeout as wait } from 'node:timers/promises';
import { defaultRecipe, presets } from '../../../src/lib/core/runs/recipe.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import type { Access, Provider, ProviderId } from '../../../src/lib/server/providers/provider.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { asJsonl, asPreferences, shippingPairs } from '../../sandbox/shipping-examples.ts';
import { openDocument } from './document.ts';
import { type Sent, startRecorder } from './recorder.ts';

/** What the documents lag behind: the newer clients have it, or the guide of the provider does. Each with where it is known from. */
const explained: [sign: RegExp, why: string][] = [
	[
		/^no route (GET|POST|PATCH|DELETE) \/(whoami$|projects\/|supported-models|public\/inference-instance-types)/,
		'the second version, as Together’s clients speak it'
	],
	[/^no route POST \/fine-tunes\/preview$/, 'the count before an order, as Together’s clients ask for it']
];

/** Where a document contradicts itself: `auto` is one of two alternatives beside the type of the other, and what is cosine is linear too. */
const mends: Partial<Record<ProviderId, Parameters<typeof openDocument>[3]>> = {
	together: (schemas) => {
		const fieldsOf = (name: string) => schemas[name]!.properties as Record<string, Record<string, unknown>>;
		delete fieldsOf('TrainingMethodSFT').train_on_inputs!.type;
		const args = fieldsOf('LRScheduler').lr_scheduler_args!;
		args.anyOf = args.oneOf;
		delete args.oneOf;
	}
};

/** A whole life through the translators, so that each of their requests goes out once. */
const live = async (provider: Provider, access: Access) => {
	const until = async <T>(look: () => Promise<T>, enough: (value: T) => boolean): Promise<T> => {
		for (let times = 0; times < 400; times++) {
			const value = await look();
			if (enough(value)) return value;
			await wait(50);
		}
		throw new Error('It never came.');
	};
	await provider.check(access);
	await provider.models(access);
	await provider.model(access, 'sandbox-small');
	const upload = (name: 'train' | 'validation', from: number, to: number, write = asJsonl) =>
		provider.upload(access, { name: `${name}.jsonl`, body: write(shippingPairs(60).slice(from, to)), purpose: name });
	const order = {
		mark: 'conformance-mark',
		model: 'sandbox-small',
		method: 'sft' as const,
		trainingFileId: (await upload('train', 0, 40)).fileId,
		validationFileId: (await upload('validation', 40, 60)).fileId,
		recipe: defaultRecipe,
		seed: 7
	};
	await provider.estimate(access, order);
	await provider.count(access, order, 10);
	const { jobId } = await provider.submit(access, order);
	await provider.find(access, order.mark);
	const done = await until(
		() => provider.report(access, jobId),
		({ status }) => status === 'ready'
	);
	const slow = await provider.submit(access, { ...order, mark: 'conformance-slow', model: 'sandbox-slow' });
	await provider.cancel(access, slow.jobId);
	const preferences = {
		...order,
		mark: 'conformance-pairs',
		model: 'sandbox-slow',
		method: 'dpo' as const,
		trainingFileId: (await upload('train', 0, 40, asPreferences)).fileId,
		validationFileId: (await upload('validation', 40, 60, asPreferences)).fileId,
		recipe: presets.dpo.balanced
	};
	await provider.estimate(access, preferences);
	await provider.cancel(access, (await provider.submit(access, preferences)).jobId);
	let model = done.model!;
	const deployed = provider.servesTunedModels === 'after-deploy';
	const deployment = deployed ? await provider.deploy(access, { modelObject: done.modelObject! }, order.mark) : null;
	if (deployment) {
		await provider.deployable(access, { modelObject: done.modelObject! });
		await provider.deployable(access, { modelObject: done.modelObject!, base: order.model });
		await provider.deployed(access);
		await until(
			() => provider.deploymentState(access, deployment),
			(state) => state === 'ready'
		);
		model = deployment.callAs;
	}
	const messages = [
		{ role: 'system' as const, content: 'Be brief.' },
		{ role: 'user' as const, content: 'Where is it?' }
	];
	const question = { model, messages, temperature: 0, maxTokens: 50, seed: 1 };
	await provider.chat(access, question);
	await provider.chat(access, { ...question, thinking: false }, () => {});
	if (deployment)
		await until(
			async () => (await provider.stop(access, deployment), provider.deploymentState(access, deployment)),
			(state) => state === 'stopped'
		);
};

type About = { id: ProviderId; prefix: string; document: ReturnType<typeof openDocument>; sent: readonly Sent[] };

const judge = ({ id, prefix, document, sent }: About) => {
	const findings = new Map<string, number>();
	const known = new Map<string, number>();
	let good = 0;
	for (const request of sent) {
		const problems = document.against({ ...request, path: request.path.replace(/^\/(together|openai)\/v\d/, '') });
		const open = problems.filter((problem) => {
			const why = explained.find(([sign]) => sign.test(problem))?.[1];
			if (why) known.set(why, (known.get(why) ?? 0) + 1);
			return !why;
		});
		if (open.length === 0) good += 1;
		for (const problem of open) findings.set(problem, (findings.get(problem) ?? 0) + 1);
	}
	for (const [problem, times] of findings) console.log(`${id}: ${problem} (${times} times)`);
	for (const [why, times] of known) console.log(`${id}: not in the document, but ${why} (${times} times)`);
	console.log(`Requests of the product to ${prefix}, by ${document.name}: ${good} of ${sent.length}`);
	return { passed: good, failed: sent.length - good };
};

/** Every request that the translators make, held against the providers' published documents. */
export const checkRequests = async ({
	sandboxUrl,
	specs,
	python
}: {
	sandboxUrl: string;
	specs: string | undefined;
	python: string;
}): Promise<{ passed: number; failed: number }> => {
	if (!specs) {
		console.log('The requests of the product were not held against the published documents: SPECS names no folder.');
		return { passed: 0, failed: 0 };
	}
	configureProviders({ allowLocal: true });
	const total = { passed: 0, failed: 0 };
	for (const [id, prefix, beginning] of [
		['together', '/together/v1', 'together-openapi'],
		['openai', '/openai/v1', 'openai-openapi']
	] as const) {
		const recorder = await startRecorder(sandboxUrl);
		try {
			await live(providers[id], { provider: id, baseUrl: `${recorder.url}${prefix}`, key: `requests-${id}` });
			const document = openDocument(specs, beginning, python, mends[id]);
			const { passed, failed } = judge({ id, prefix, document, sent: recorder.sent });
			total.passed += passed;
			total.failed += failed;
		} finally {
			await recorder.stop();
		}
	}
	return total;
};
