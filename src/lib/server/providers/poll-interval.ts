import { config } from '../platform/config.ts';
import type { ProviderId } from './provider.ts';

/** In production. Nobody's real account is asked more often, whatever a demo wants of the sandbox. */
const usualPollSeconds = 5;

/** How often a job at this provider is looked at. */
export const pollSecondsFor = (provider: ProviderId) =>
	provider === 'sandbox' ? config().pollSeconds : Math.max(usualPollSeconds, config().pollSeconds);

/** Looking at the sandbox more often than production does: in tests and the demo, where nobody waits for minutes. */
const isHurried = (provider: ProviderId) => pollSecondsFor(provider) < usualPollSeconds;

/**
 * How long something lost is looked for before it counts as gone. Two minutes, longer than a provider takes to list what
 * it has accepted; three polls of a hurried sandbox.
 */
export const quietMs = (provider: ProviderId) => (isHurried(provider) ? 3 * pollSecondsFor(provider) : 120) * 1000;

/** An order that gets no answer by then counts as lost. Less than `quietMs`: nobody may order again while it is under way. */
export const orderTimeoutMs = (provider: ProviderId) => Math.min(60_000, quietMs(provider) * 0.8);

/** The moment of the next look, or of the one after so many. */
export const soon = (provider: ProviderId, times = 1) => new Date(Date.now() + times * pollSecondsFor(provider) * 1000);
