import * as v from 'valibot';
import { expect, test } from 'vitest';
import { events } from '../../src/lib/contract/events.ts';
import { eventLabel, testEvent, webhookEvents } from '../../src/lib/contract/webhook-events.ts';

const sent = Object.entries(events).filter(([, { webhook }]) => webhook);

test('every event that is sent has its words in the form, and no other', () => {
	expect(sent.map(([name]) => name).sort()).toEqual(Object.keys(webhookEvents).sort());
	expect(new Set(Object.values(webhookEvents).map(({ label }) => label)).size).toBe(sent.length);
	expect([eventLabel('run.failed'), eventLabel(testEvent), eventLabel('no.such')]).toEqual([
		'A training has failed',
		'Test',
		'no.such'
	]);
});

test('what is sent of it is names and numbers, told field by field', () => {
	/** Fields that hold a text: each one a name, a word of ours, an id or a moment. */
	const texts = [
		'fileName',
		'run',
		'status',
		'name',
		'version',
		'against',
		'verdict',
		'hint',
		'expiresAt',
		'project',
		'month',
		'base',
		'kind',
		'model'
	];
	for (const [event, { details }] of sent) {
		expect(details.type, event).toBe('strict_object');
		for (const [field, schema] of Object.entries((details as { entries: Record<string, v.GenericSchema> }).entries)) {
			const takesText = v.is(schema, 'anything') || ['stopped', 'scoring'].some((word) => v.is(schema, word));
			if (takesText) expect(texts, `${event} ${field}`).toContain(field);
			else expect(v.is(schema, 1), `${event} ${field}`).toBe(true);
		}
	}
});
