// What visitors and persons do for themselves: who acts, and what is sent (scenes.ts has what happens in teams).
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { beginDevice, confirmDevice } from '../../../src/lib/server/access/device.ts';
import { stopLink } from '../../../src/lib/server/access/mail-wishes.ts';
import type { SignedIn } from '../../../src/lib/server/access/signed-in.ts';
import type { Visitor } from '../../../src/lib/server/access/operation.ts';
import { makeSignInLink } from '../../../src/lib/server/access/sign-in.ts';
import { listTokens } from '../../../src/lib/server/access/tokens.ts';
import { deleteTeam } from '../../../src/lib/server/ends/commands.ts';
import { beginAsGuest, lookAsGuest, voteAsGuest } from '../../../src/lib/server/evaluations/guest-votes.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { newToken } from '../browser/device.ts';
import { newPerson, newTeam } from './team.ts';
import type { World } from './world.ts';

type OwnScene = { actor: Visitor | SignedIn; input: object };

const address = () => `2001:db8:${randomUUID().slice(0, 4)}::1`;
const someone = (): Visitor & { browserToken: string } => ({
	browserToken: randomToken(),
	address: address(),
	requestId: randomUUID()
});

/** A person, signed in, who owns a team that has another owner, too. */
const member = async (owner: postgres.Sql) => {
	const team = await newTeam();
	const person = await newPerson('Mia');
	await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${person.id}, 'owner')`;
	const [row] = await owner`
		insert into sessions (id_hash, person_id, expires_at)
		values (${sha256(randomToken())}, ${person.id}, now() + interval '1 day') returning handle`;
	const session = { handle: row!.handle as string, signedInAt: new Date() };
	const actor: SignedIn & { session: typeof session } = {
		person,
		session,
		request: { id: randomUUID(), address: address() }
	};
	return { team, actor };
};

/** Somebody who has deleted their account, and a link and a code to their mailbox. */
const leaver = async (owner: postgres.Sql) => {
	const { person } = (await member(owner)).actor;
	await owner`update people set deleted_at = now() where id = ${person.id}`;
	const actor = someone();
	return { actor, ...(await makeSignInLink({ email: person.email, browserToken: actor.browserToken })) };
};

const invited = async (owner: postgres.Sql, email: string): Promise<string> => {
	const { teamId, owner: inviter } = await newTeam();
	const token = randomToken();
	await owner`
		insert into invitations (team_id, email, role, token_hash, invited_by, expires_at)
		values (${teamId}, ${email}, 'rater', ${sha256(token)}, ${inviter.id}, now() + interval '7 days')`;
	return token;
};

const asked = () => beginDevice(someone(), { client: 'ait on laptop' });

/** A guest with a place, and the pair they are asked about. */
const guest = async ({ guestToken: token }: World) => {
	const actor = someone();
	await beginAsGuest(actor, { token });
	const { ballotId } = (await lookAsGuest(actor, { token })).turn!.pair!;
	return { actor, token, ballotId };
};

export const ownScenes: Record<string, (owner: postgres.Sql, w: World) => Promise<OwnScene>> = {
	'account.requestSignIn': async () => ({ actor: someone(), input: { email: `${randomUUID()}@example.com` } }),
	'account.signInWithCode': async (owner) => {
		const { actor, code } = await leaver(owner);
		return { actor, input: { code } };
	},
	'account.signInWithLink': async (owner) => {
		const { actor, token } = await leaver(owner);
		return { actor, input: { token } };
	},
	'account.rename': async (owner) => ({ actor: (await member(owner)).actor, input: { name: 'Mara' } }),
	'account.wishMails': async (owner) => ({
		actor: (await member(owner)).actor,
		input: { verdicts: false, runs: false }
	}),
	'account.stopMails': async (owner) => {
		const { person } = (await member(owner)).actor;
		return { actor: someone(), input: { token: stopLink(person.id, 'runs').split('/').at(-1)!, wanted: false } };
	},
	'account.endSession': async (owner) => {
		const { actor } = await member(owner);
		return { actor, input: { handle: actor.session.handle } };
	},
	'account.endEverySession': async (owner) => ({ actor: (await member(owner)).actor, input: {} }),
	'account.createTeam': async (owner) => ({ actor: (await member(owner)).actor, input: { name: 'Begun' } }),
	'account.restoreTeam': async (owner) => {
		const { team, actor } = await member(owner);
		await deleteTeam(team.scope, { confirm: `Team ${team.slug}` });
		return { actor, input: { teamId: team.teamId } };
	},
	'account.delete': async (owner) => {
		const { actor } = await member(owner);
		return { actor, input: { confirm: actor.person.email } };
	},
	'account.acceptInvitation': async (owner) => {
		const { actor } = await member(owner);
		return { actor, input: { token: await invited(owner, actor.person.email) } };
	},
	'account.joinByInvitation': async (owner) => ({
		actor: someone(),
		input: { token: await invited(owner, `${randomUUID()}@example.com`) }
	}),
	'tokens.begin': async () => ({ actor: someone(), input: {} }),
	'tokens.confirm': async (owner) => {
		const { team, actor } = await member(owner);
		return { actor, input: { code: (await asked()).userCode, teamId: team.teamId } };
	},
	'tokens.refuse': async (owner) => ({
		actor: (await member(owner)).actor,
		input: { code: (await asked()).userCode }
	}),
	'tokens.take': async (owner) => {
		const { team, actor } = await member(owner);
		const { deviceCode, userCode } = await asked();
		await confirmDevice(actor, { code: userCode, teamId: team.teamId });
		return { actor: someone(), input: { deviceCode } };
	},
	'tokens.end': async (owner) => {
		const { team, actor } = await member(owner);
		await newToken(actor.person.id, team.teamId);
		const [token] = await listTokens(actor, {});
		return { actor, input: { tokenId: token!.id } };
	},
	'guests.begin': async (_, w) => ({ actor: someone(), input: { token: w.guestToken } }),
	'guests.vote': async (_, w) => {
		const { actor, ...pair } = await guest(w);
		return { actor, input: { ...pair, choice: 'first', clientId: randomUUID() } };
	},
	'guests.undo': async (_, w) => {
		const { actor, token, ballotId } = await guest(w);
		await voteAsGuest(actor, { token, ballotId, choice: 'tie', clientId: randomUUID() });
		return { actor, input: { token, clientId: randomUUID() } };
	}
};
