// What a team can have sent to a server of its own, in the words of the form. A test holds it against contract/events.
import type { EventName } from './events.ts';

type Words = {
	/** What has happened. */
	label: string;
	/** When exactly, and what is in it. */
	hint: string;
};

/** Every event a webhook can ask for. In what is sent they have these names, and the details that contract/events lists. */
export const webhookEvents = {
	'examples.imported': { label: 'Examples were imported', hint: 'How many were added, known already, or refused' },
	'run.finished': { label: 'A training has finished', hint: 'The model is ready' },
	'run.failed': { label: 'A training has failed', hint: 'Or was ended by the provider' },
	'serving.started': { label: 'A model was started', hint: 'From now on it costs money; how much an hour' },
	'serving.ended': { label: 'A model was stopped', hint: 'Nothing is billed any more' },
	'evaluation.ready': { label: 'A vote has opened', hint: 'All answers are there; people can judge' },
	'evaluation.revealed': { label: 'A verdict is known', hint: 'The verdict, the net preference, wins and losses' },
	'evaluation.scored': { label: 'Scores are known', hint: 'The average, and how many answers could be sent' },
	'judging.done': { label: 'A model has judged', hint: 'How many pairs; what it said is read in the results' },
	'budget.reached': {
		label: 'A budget is nearly or wholly spent',
		hint: 'At 80 and at 100 %: what was spent, and the limit'
	},
	'key.expiring': { label: 'An API key is about to expire', hint: 'A week before its end' }
} as const satisfies Partial<Record<EventName, Words>>;

export type WebhookEvent = keyof typeof webhookEvents;
export const webhookEventNames = Object.keys(webhookEvents) as [WebhookEvent, ...WebhookEvent[]];

/** What is sent to try a webhook out, whatever it asks for. */
export const testEvent = 'webhook.test';

/** The words of an event's name, for lists. */
export const eventLabel = (name: string): string =>
	name === testEvent ? 'Test' : (webhookEvents[name as WebhookEvent]?.label ?? name);
