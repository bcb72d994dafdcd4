import { startSandbox } from '../../../src/sandbox/server.ts';
import {
	type Access,
	type JobReport,
	type Provider,
	type ProviderId,
	type TrainingOrder,
	providerIds
} from '../../../src/lib/server/providers/provider.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { asJsonl, asPreferences, shippingPairs } from '../../sandbox/shipping-examples.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';

export const speed = 20;

/** At most so far in one step: a longer pause between two looks is only waited out. */
const stepMs = 10;

/** Real time, but never far at once: on a busy machine a job does not leap over what a test wants to see. */
function patientClock(): () => number {
	let now = Date.now();
	let last = now;
	return () => {
		const real = Date.now();
		now += Math.min(real - last, stepMs);
		last = real;
		return now;
	};
}

/** What the sandbox plays besides for a provider: by words in the key. */
const wordsFor: Partial<Record<ProviderId, string>> = {
	nebius: 'absolute-rate no-metadata ',
	crusoe: 'absolute-rate no-metadata '
};

/** Those that train; the others are only asked. */
export const trainers = providerIds.filter((id) => id !== 'openai-compatible');
export const speaksOpenai = (id: ProviderId) => id !== 'sandbox' && id !== 'together';

/** A sandbox of its own for one test file, and how to reach it as each provider. */
export async function openPlaces() {
	configureProviders({ allowLocal: true });
	const sandbox = await startSandbox({ port: 0, speed, now: patientClock() });
	const baseUrl: Record<ProviderId, string> = {
		sandbox: sandbox.url,
		together: `${sandbox.url}/together/v1`,
		nebius: `${sandbox.url}/openai/v1`,
		crusoe: `${sandbox.url}/openai/v1`,
		openai: `${sandbox.url}/openai/v1`,
		'own-server': `${sandbox.url}/openai/v1`,
		'openai-compatible': `${sandbox.url}/openai/v1`
	};
	let keys = 0;
	return {
		...sandbox,
		/** A key nobody used before, so that tests do not see one another. */
		access: (provider: ProviderId, more: Partial<Access> = {}): Access => ({
			provider,
			baseUrl: baseUrl[provider],
			key: `${wordsFor[provider] ?? ''}key-${(keys += 1)}`,
			...more
		}),
		/** The next requests of this key fail; those whose path contains `path`. */
		async fail(access: Access, fault: string, { times = 1, path = '' } = {}) {
			const headers = { authorization: `Bearer ${access.key}` };
			await fetch(`${sandbox.url}/faults`, { method: 'POST', headers, body: JSON.stringify({ fault, times, path }) });
		}
	};
}

export type Places = Awaited<ReturnType<typeof openPlaces>>;

const all = shippingPairs(60);

/** Uploads both files and says what to order. */
export async function prepare(
	access: Access,
	model = 'sandbox-small',
	count = 40,
	method: TrainingOrder['method'] = 'sft'
): Promise<TrainingOrder> {
	const provider = providers[access.provider];
	const write = method === 'dpo' ? asPreferences : asJsonl;
	const training = { name: 'train.jsonl', body: write(all.slice(0, count)), purpose: 'train' } as const;
	const validation = { name: 'validation.jsonl', body: write(all.slice(48)), purpose: 'validation' } as const;
	const { fileId } = await provider.upload(access, training);
	const { fileId: validationFileId } = await provider.upload(access, validation);
	return {
		mark: `run-${Math.random().toString(36).slice(2, 12)}`,
		model,
		method,
		trainingFileId: fileId,
		validationFileId,
		recipe: presets[method].balanced,
		seed: 7
	};
}

/** Between two looks: as long as the clock takes note of. */
export const pause = () => new Promise((done) => setTimeout(done, stepMs + 1));

/** Looks at a job until `enough`, and returns every report on the way. */
export async function follow(
	provider: Provider,
	access: Access,
	jobId: string,
	enough: (report: JobReport) => boolean = ({ status }) => ['ready', 'failed', 'cancelled'].includes(status)
): Promise<JobReport[]> {
	const reports: JobReport[] = [];
	for (let look = 0; look < 2000; look++) {
		reports.push(await provider.report(access, reports.at(-1)?.jobId ?? jobId));
		if (enough(reports.at(-1)!)) return reports;
		await pause();
	}
	throw new Error(`The job did not end; it is ${reports.at(-1)?.providerStatus}.`);
}
