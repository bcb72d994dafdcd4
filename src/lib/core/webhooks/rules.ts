/** `paused` by a person; `off` by itself, after failures. */
export const webhookStates = ['on', 'paused', 'off'] as const;
export type WebhookState = (typeof webhookStates)[number];

/** Why one was switched off: nothing arrived for days, or its server said that it is gone. */
export const switchedOffFor = ['failing', 'gone'] as const;
export type SwitchedOffFor = (typeof switchedOffFor)[number];

/** `failed`: all tries are used up. `dropped`: its webhook was not on when its turn came. */
export const deliveryStates = ['waiting', 'delivered', 'failed', 'dropped'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** How long the old secret signs beside the new one. */
export const overlapHours = [24, 0] as const;
/** In one team. */
export const mostWebhooks = 20;
/** Of one delivery, in the log. */
export const mostAttempts = 20;

const dayMs = 86_400_000;

/** When it is tried, in seconds after the first try. */
export const triesAtSeconds = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** Of each pause, up or down, by chance: what failed together does not come back together. */
const jitter = 0.1;

/**
 * When a delivery is tried again that has failed `tries` times; null: it is given up. `random` is between 0 and 1. Counted from now, so
 * that after a standstill of ours the tries keep their distance; never before the server wants to be asked again.
 */
export const nextTry = (tries: number, now: Date, random: number, retryAfterMs = 0): Date | null => {
	const [last, next] = [triesAtSeconds[tries - 1], triesAtSeconds[tries]];
	if (last === undefined || next === undefined) return null;
	const pauseMs = (next - last) * 1000 * (1 - jitter + 2 * jitter * random);
	return new Date(now.getTime() + Math.max(pauseMs, Math.min(retryAfterMs, dayMs)));
};

/** Only a 2xx says that it has arrived: a redirect is not followed, so it is none. */
export const hasArrived = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

/** How long nothing at all is sent to a server that has answered so. */
export const restMs = (status: number | null, retryAfterMs = 0): number => {
	const isBusy = status === 429 || status === 502 || status === 504;
	return Math.min(Math.max(retryAfterMs, isBusy ? 60_000 : 0), dayMs);
};

const failingDays = 5;
/** One failure after five quiet days is no five days of failures. */
const triesBeforeOff = 4;

/** Whether a webhook is switched off for this failure, and why. */
export const switchesOff = (
	{ status, tries, failingSince }: { status: number | null; tries: number; failingSince: Date },
	now: Date
): SwitchedOffFor | null => {
	if (status === 410) return 'gone';
	const hasFailedLong = now.getTime() - failingSince.getTime() >= failingDays * dayMs;
	return hasFailedLong && tries >= triesBeforeOff ? 'failing' : null;
};
