// Of the database: mail_wishes_of, wish_mails.
import { afterAll, expect, test } from 'vitest';
import {
	getMailWishes,
	lookAtMails,
	stopLink,
	stopMails,
	wishMails
} from '../../../src/lib/server/access/mail-wishes.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newTeam } from '../../support/data/team.ts';

afterAll(async () => {
	await closePools();
});

const self = (id: string) => ({ person: { id, email: 'ana@example.com', name: 'Ana' } });
const visitor = { browserToken: undefined, address: '127.0.0.1' };

test('what one wishes is nobody else’s wish', async () => {
	const [team, other] = [await newTeam(), await newTeam()];
	const wishes = (id: string) => getMailWishes(self(id), {});
	await wishMails(self(team.owner.id), { verdicts: false, runs: true });
	expect(await wishes(team.owner.id)).toEqual({ verdicts: false, runs: true });
	expect(await wishes(other.owner.id)).toEqual({ verdicts: true, runs: true });
	await wishMails(self(team.owner.id), { verdicts: true, runs: false });
	expect(await wishes(team.owner.id)).toEqual({ verdicts: true, runs: false });
});

test('the link of a mail that was sent to somebody whose account is deleted is nobody’s, and changes nothing', async () => {
	const person = await newPerson('Gus');
	const token = stopLink(person.id, 'runs').split('/').at(-1)!;
	expect(await lookAtMails(visitor, { token })).toEqual({ wish: 'runs', isWanted: false });
	await owner`update people set deleted_at = now() where id = ${person.id}`;
	expect(await lookAtMails(visitor, { token })).toBeNull();
	await expect(stopMails(visitor, { token, wanted: true })).rejects.toMatchObject({ code: 'gone' });
	await owner`update people set deleted_at = null where id = ${person.id}`;
	expect(await lookAtMails(visitor, { token })).toEqual({ wish: 'runs', isWanted: false });
	await stopMails(visitor, { token, wanted: true });
	expect(await lookAtMails(visitor, { token })).toEqual({ wish: 'runs', isWanted: true });
});
