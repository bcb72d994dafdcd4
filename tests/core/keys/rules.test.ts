import { expect, test } from 'vitest';
import { type KeyState, keyRolls, keyState, keyWorks } from '../../../src/lib/core/keys/rules.ts';

const now = new Date('2026-11-28T12:00:00Z');
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000);

test.each<[string, Partial<Parameters<typeof keyState>[0]>, KeyState]>([
	['for a long time', { expiresAt: inHours(24 * 90) }, 'open'],
	['for a week and a second', { expiresAt: new Date(inHours(24 * 7).getTime() + 1000) }, 'open'],
	['for a week', { expiresAt: inHours(24 * 7) }, 'ending'],
	['for a moment', { expiresAt: new Date(now.getTime() + 1) }, 'ending'],
	['until now', { expiresAt: now }, 'expired'],
	['beside another', { rolledAt: now, expiresAt: inHours(24) }, 'rolled'],
	['no longer beside another', { rolledAt: inHours(-24), expiresAt: now }, 'expired'],
	['no more', { revokedAt: now, expiresAt: inHours(24) }, 'revoked'],
	['no more, in the place of another', { revokedAt: now, rolledAt: now }, 'revoked']
])('a key that works %s', (_, key, state) => {
	expect(keyState({ expiresAt: inHours(24 * 90), revokedAt: null, rolledAt: null, ...key }, now)).toBe(state);
});

test('a rolled one works, and is not rolled again; one that is over neither', () => {
	const all = ['open', 'ending', 'rolled', 'expired', 'revoked'] as const;
	expect(all.filter(keyWorks)).toEqual(['open', 'ending', 'rolled']);
	expect(all.filter(keyRolls)).toEqual(['open', 'ending']);
});
