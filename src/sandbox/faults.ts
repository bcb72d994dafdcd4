import { type Fault, faults } from './fault.ts';
import { number, text } from './values.ts';
import { type Call, type Handler, Refusal, jsonOf } from './wire.ts';

const known = (word: unknown): Fault | null => faults.find((fault) => fault === word) ?? null;

export type Faults = {
	/** The failure this request asked for, by its header or ahead of time. */
	take(request: { key: string; path: string; header: string | undefined }): Fault | null;
	/** Refuses each request twice before it is let through. */
	pauseInStorm(request: { key: string; path: string }): void;
	/** `POST /faults` `{ fault, times?, path? }`: the next requests of this key (whose path contains `path`) fail so. */
	order: Handler;
};

/** Failures on demand: the header `x-sandbox-fault`, or an order for the next requests of the same key. */
export function openFaults(): Faults {
	const ordered: { key: string; fault: Fault; times: number; path: string }[] = [];
	/** How often each request of a key in a storm was refused. */
	const refused = new Map<string, number>();

	return {
		pauseInStorm({ key, path }) {
			const request = `${key} ${path}`;
			const times = refused.get(request) ?? 0;
			refused.set(request, (times + 1) % (stormRefusals + 1));
			if (times < stormRefusals) throw tooMany({ 'retry-after-ms': '20' });
		},
		take({ key, path, header }) {
			if (header) return known(header);
			const order = ordered.find((each) => each.key === key && each.times > 0 && path.includes(each.path));
			if (!order) return null;
			order.times -= 1;
			return order.fault;
		},
		order(call: Call) {
			const wish = jsonOf(call);
			const fault = known(wish.fault);
			if (!fault) throw new Refusal(400, `The fault is one of ${faults.join(', ')}.`);
			ordered.push({ key: call.key, fault, times: number(wish.times) ?? 1, path: text(wish.path) ?? '' });
			return { json: { ok: true } };
		}
	};
}

const stormRefusals = 2;

const tooMany = (headers: Record<string, string>) =>
	new Refusal(429, 'Too many requests at the moment.', {
		type: 'rate_limit_error',
		code: 'rate_limit_exceeded',
		headers
	});

/** A failure that happens before anything is done. The others happen after it, or in the middle of it. */
export function refuseFor(fault: Fault | null): void {
	if (fault === '404') throw new Refusal(404, 'Nothing of this name is known at the moment.', { code: 'not_found' });
	if (fault === '429' || fault === '429-long') {
		throw tooMany({ 'retry-after': fault === '429' ? '1' : '3600' });
	}
	if (fault === '500')
		throw new Refusal(500, 'Something broke here.', { type: 'server_error', code: 'internal_error' });
	if (fault === '503')
		throw new Refusal(503, 'No capacity at the moment.', { type: 'server_error', code: 'overloaded' });
}

/** Keys that a person can enter to see what a bad key, an empty account or closed training look like. */
export function refuseKey(key: string): void {
	if (key === '' || key.includes('refused')) {
		throw new Refusal(401, 'This key is not known here.', { code: 'invalid_api_key' });
	}
}

export function refuseOrder(key: string): void {
	if (key.includes('broke')) {
		throw new Refusal(402, 'The balance of this account is too low for this job.', { code: 'insufficient_balance' });
	}
	if (key.includes('daily-limit')) {
		throw new Refusal(429, 'This account has reached its limit of 5 fine-tuning jobs per day.', {
			type: 'rate_limit_error',
			code: 'daily_limit_exceeded'
		});
	}
	if (key.includes('closed')) {
		throw new Refusal(403, 'Training is not available for this account.', { code: 'training_not_available' });
	}
}
