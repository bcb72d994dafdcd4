import { expect, test } from 'vitest';
import { payloadOf } from '../../../src/lib/core/webhooks/payload.ts';

const at = new Date('2026-11-28T09:30:00Z');
const team = { id: 't', slug: 'northwind', name: 'Northwind' };
const project = { id: 'p', slug: 'support', name: 'Support' };

test('says what it is, when, and of what, as Standard Webhooks has it', () => {
	const about = { team, project, subject: 'r', details: { version: 3 } };
	expect(JSON.parse(payloadOf('run.finished', at, about))).toEqual({
		type: 'run.finished',
		timestamp: '2026-11-28T09:30:00.000Z',
		data: { id: 'r', team, project, version: 3 }
	});
});

test('stays small, whatever somebody calls a file', () => {
	const details = { fileName: 'é'.repeat(50_000), added: 1, names: Array(10_000).fill('x'.repeat(90)) };
	const payload = payloadOf('examples.imported', at, { team, project: null, subject: 'i', details });
	expect(Buffer.byteLength(payload)).toBeLessThan(20_000);
	expect(JSON.parse(payload).data.fileName).toMatch(/^é{199}…$/);
	expect(JSON.parse(payload).data.added).toBe(1);
});
