import { type Role, may } from '../permissions.ts';

/** What people may be told by mail: that everything planned of a comparison is judged, that it has its verdict, how a training ended. */
export const mailKinds = ['complete', 'verdict', 'run'] as const;
export type MailKind = (typeof mailKinds)[number];

/** What they choose from. */
export const mailWishes = ['verdicts', 'runs'] as const;
export type MailWish = (typeof mailWishes)[number];

export const wishOf: Record<MailKind, MailWish> = { complete: 'verdicts', verdict: 'verdicts', run: 'runs' };

/** What they have said about mails; null where they have not. */
export type MailWishes = Record<MailWish, boolean | null>;

/** Whether somebody who has begun a thing, or took part in it, is told: as they have said, or else as one of their roles has it. */
export const isTold = (said: boolean | null, ...held: Role[]): boolean =>
	said ?? held.some((role) => may(role, 'mails:byDefault'));
