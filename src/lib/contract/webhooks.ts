// Long because it is everything that can be asked of a webhook: what it is, its secret, its state, and the log of what was sent.
import * as v from 'valibot';
import { deliveryStates, overlapHours, switchedOffFor, webhookStates } from '../core/webhooks/rules.ts';
import { Id, Limit, NoInput, NoOutput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { webhookEventNames } from './webhook-events.ts';

const WebhookId = Id('The webhook');
const which = { webhookId: ids.webhook };

/** Whether it may be called is asked when it is kept, and whenever it is called. */
const Url = v.pipe(
	v.string('Give the address'),
	v.trim(),
	v.minLength(1, 'Give the address, like https://example.com/webhooks/aitelier'),
	v.maxLength(500, 'An address has at most 500 characters'),
	v.regex(/^[\x21-\x7e]*$/, 'An address is one line of letters, digits and signs')
);
const Events = v.pipe(
	v.array(v.picklist(webhookEventNames, 'Choose at least one event'), 'Choose at least one event'),
	v.minLength(1, 'Choose at least one event'),
	v.maxLength(50, 'Choose each event once')
);
const ProjectIds = v.nullable(
	v.pipe(
		v.array(Id('The project')),
		// none is not all
		v.minLength(1, 'Choose at least one project, or all'),
		v.maxLength(500, 'Choose at most 500 projects')
	)
);
/** Without one it is called after its server. */
const Name = v.pipe(
	v.string('Give it a name'),
	v.trim(),
	v.maxLength(80, 'A name has at most 80 characters'),
	v.regex(/^[^\u0000-\u001f\u007f]*$/, 'A name is one line of plain text')
);

/** Not a picklist: a form's text becomes a number only where a number is asked for. */
const Overlap = v.pipe(v.number('Choose 24 or 0 hours'), v.values(overlapHours, 'Choose 24 or 0 hours'));

const Webhook = v.strictObject({
	id: v.string(),
	name: v.string(),
	url: v.string(),
	events: v.array(v.picklist(webhookEventNames)),
	/** null is every project, also those to come. */
	projectIds: v.nullable(v.array(v.string())),
	state: v.picklist(webhookStates),
	/** Why it was switched off. */
	reason: v.nullable(v.picklist(switchedOffFor)),
	/** Since when nothing has arrived; null while all is well. */
	failingSince: v.nullable(Time),
	/** When something arrived last. */
	deliveredAt: v.nullable(Time),
	/** Until then what is sent carries a signature by the old secret too. */
	oldSecretUntil: v.nullable(Time),
	createdAt: Time
});
export type ShownWebhook = v.InferInput<typeof Webhook>;

const aWebhook: v.InferOutput<typeof Webhook> = {
	id: ids.webhook,
	name: 'Release bot',
	url: 'https://example.com/webhooks/aitelier',
	events: ['run.finished', 'evaluation.revealed'],
	projectIds: null,
	state: 'on',
	reason: null,
	failingSince: null,
	deliveredAt: aTime,
	oldSecretUntil: null,
	createdAt: aTime
};

export const ListWebhooks = query({
	name: 'webhooks.list',
	summary: 'The webhooks of the team, the newest first',
	within: 'team',
	action: 'webhooks:edit',
	input: NoInput,
	output: v.array(Webhook),
	errors: {},
	example: { input: {}, output: [aWebhook] }
});

export const GetWebhook = query({
	name: 'webhooks.get',
	summary: 'A webhook: where it leads, what is sent there, and whether it arrives',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId }),
	output: Webhook,
	errors: {},
	example: { input: which, output: aWebhook }
});

/** The secret by which a receiver checks the signatures: shown this once, and kept encrypted. */
const Secret = v.strictObject({ id: v.string(), secret: v.string() });
const aSecret = { id: ids.webhook, secret: 'whsec_…' };

export const CreateWebhook = command({
	name: 'webhooks.create',
	summary: 'Has chosen events sent to a server, and shows once the secret that signs them',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({
		name: v.optional(Name, ''),
		url: Url,
		events: Events,
		/** null is every project; whoever sees only some gets those. */
		projectIds: v.optional(ProjectIds, null)
	}),
	output: Secret,
	errors: { conflict: 'The team has twenty webhooks.' },
	events: ['webhook.created'],
	example: { input: { name: 'Release bot', url: aWebhook.url, events: aWebhook.events }, output: aSecret }
});

export const UpdateWebhook = command({
	name: 'webhooks.update',
	summary: 'Changes where a webhook leads or what is sent there; a field that is left out stays as it is',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({
		webhookId: WebhookId,
		name: v.optional(Name),
		url: v.optional(Url),
		events: v.optional(Events),
		projectIds: v.optional(ProjectIds)
	}),
	output: Webhook,
	errors: {},
	events: ['webhook.changed'],
	example: { input: { ...which, events: ['run.finished'] }, output: { ...aWebhook, events: ['run.finished'] } }
});

export const RollSecret = command({
	name: 'webhooks.roll',
	summary: 'Makes a new secret and shows it once; for a day both sign, or the old one ends at once',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({
		webhookId: WebhookId,
		overlapHours: v.optional(Overlap, overlapHours[0])
	}),
	output: Secret,
	errors: {},
	events: ['webhook.secret_rolled'],
	example: { input: { ...which, overlapHours: 24 }, output: aSecret }
});

export const PauseWebhook = command({
	name: 'webhooks.pause',
	summary: 'Sends nothing for now; what happens meanwhile is not sent later either',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId }),
	output: NoOutput,
	errors: { conflict: 'It is switched off already.' },
	events: ['webhook.paused'],
	example: { input: which, output: null }
});

export const ResumeWebhook = command({
	name: 'webhooks.resume',
	summary: 'Sends again what happens from now on',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId }),
	output: NoOutput,
	errors: {},
	events: ['webhook.resumed'],
	example: { input: which, output: null }
});

export const RemoveWebhook = command({
	name: 'webhooks.remove',
	summary: 'Removes a webhook, its secret and the log of what was sent',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId }),
	output: NoOutput,
	errors: {},
	events: ['webhook.removed'],
	example: { input: which, output: null }
});

const Delivery = v.strictObject({
	/** With `msg_` before it, the header `webhook-id`: the same however often it is sent. */
	id: v.string(),
	event: v.string(),
	state: v.picklist(deliveryStates),
	createdAt: Time,
	/** When it is tried next. */
	nextAt: v.nullable(Time),
	/** What is sent, byte by byte. */
	body: v.string(),
	/** The newest twenty, the first of them first. */
	attempts: v.array(
		v.strictObject({
			at: Time,
			/** null: there was no answer. */
			status: v.nullable(v.number()),
			ms: v.number(),
			/** Why it does not count as arrived; null where it does. */
			problem: v.nullable(v.string()),
			/** The beginning of what the server answered. It can be anything: never more than text. */
			answer: v.string()
		})
	)
});
export type ShownDelivery = v.InferInput<typeof Delivery>;

const aDelivery: v.InferOutput<typeof Delivery> = {
	id: ids.delivery,
	event: 'run.finished',
	state: 'delivered',
	createdAt: aTime,
	nextAt: null,
	body: `{"type":"run.finished","timestamp":"${aTime}","data":{"version":3}}`,
	attempts: [{ at: aTime, status: 204, ms: 85, problem: null, answer: '' }]
};
const Place = v.optional(whole('The place', 1, Number.MAX_SAFE_INTEGER));

export const ListDeliveries = query({
	name: 'webhooks.deliveries',
	summary: 'What was sent to a webhook, the newest first, with every answer; usually of the last 30 days',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({
		webhookId: WebhookId,
		/** Only what was made before this place. */
		before: Place,
		/** The nearest that were made after it. */
		after: Place,
		limit: Limit
	}),
	output: v.strictObject({
		rows: v.array(Delivery),
		/** The `before` of the next page, and the `after` of the one before this. */
		older: v.nullable(v.number()),
		newer: v.nullable(v.number())
	}),
	errors: {},
	example: { input: which, output: { rows: [aDelivery], older: null, newer: null } }
});

export const SendTest = command({
	name: 'webhooks.test',
	summary: 'Sends an event that only tries the webhook out; the log says what came of it',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId }),
	output: v.strictObject({ deliveryId: v.string() }),
	errors: { conflict: 'The webhook is not on.', rate_limited: 'The team has sent sixty by hand within the hour.' },
	events: ['webhook.tested'],
	example: { input: which, output: { deliveryId: ids.delivery } }
});

export const SendAgain = command({
	name: 'webhooks.again',
	summary: 'Sends something again, under the id it had, at once and then as often as something new',
	within: 'team',
	action: 'webhooks:edit',
	input: v.object({ webhookId: WebhookId, deliveryId: Id('The delivery') }),
	output: NoOutput,
	errors: {
		conflict: 'The webhook is not on.',
		rate_limited: 'The team has sent sixty by hand within the hour.'
	},
	events: ['webhook.sent_again'],
	example: { input: { ...which, deliveryId: ids.delivery }, output: null }
});
