// How a program gets a personal token: it shows its person a code, and they confirm it in the browser (README: the device flow).
import { randomInt } from 'node:crypto';
import {
	BeginDevice,
	ConfirmDevice,
	LookAtDevice,
	RefuseDevice,
	TakeToken,
	mostTokens
} from '../../contract/tokens.ts';
import { readUserCode, userCodeFrom, userCodeLength, userCodeSigns } from '../../core/account/user-code.ts';
import { AppError } from '../../core/errors.ts';
import { keyHint } from '../../core/keys/key.ts';
import { to } from '../../paths.ts';
import { linkEntries } from '../events/relay.ts';
import { config } from '../platform/config.ts';
import { randomToken, sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { newKey } from './keys.ts';
import { networkOf, within } from './limits.ts';
import type { SignedIn } from './signed-in.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';
import { asking } from './own-look.ts';

/** Two codes, good for ten minutes: one that the program keeps, one that its person types. Both are kept as SHA-256 only. */
export const beginDevice = command(BeginDevice, async ({ address }, { client }) => {
	const deviceCode = randomToken();
	const userCode = userCodeFrom(Array.from({ length: userCodeLength }, () => randomInt(userCodeSigns)));
	await plainPool()`select begin_device(${sha256(deviceCode)}, ${sha256(userCode)}, ${client}, ${address})`;
	// the address of the page comes from the configuration: a request may name any host
	const { origin } = config();
	return {
		deviceCode,
		userCode,
		verificationUri: origin + to.device(),
		verificationUriComplete: origin + to.device(userCode),
		expiresIn: 600,
		interval: 5
	};
});

const unanswered = {
	pending: () => new AppError('authorization_pending', 'Nobody has confirmed this code yet. Ask again in a while.'),
	hurried: (seconds: number) =>
		new AppError('slow_down', `These questions come too fast. Wait ${seconds} seconds before each from now on.`),
	refused: () => new AppError('access_denied', 'Whoever was asked has refused. Begin anew if that was a slip.'),
	gone: () =>
		new AppError('expired', 'This code is older than ten minutes, was used already, or is not one of ours. Begin anew.')
};

/** Gives the token to the program that asked, once, when its person has confirmed. Throws what there is to say until then. */
export const takeToken = command(TakeToken, async ({ address, requestId }, { deviceCode }) => {
	const { key: token, hash } = newKey('pt');
	const [row] = await plainPool()`
		select * from hand_token(${sha256(deviceCode)}, ${hash}, ${keyHint(token)}, ${requestId ?? null}, ${address})`;
	const outcome = row!.outcome as keyof typeof unanswered | 'taken';
	if (outcome !== 'taken') throw unanswered[outcome](row!.wait_seconds);
	log.info('device', { outcome, token: row!.token_id, team: row!.team_id, ip: address });
	linkEntries(row!.team_id);
	return {
		token,
		expiresAt: row!.expires_at,
		person: { name: row!.person, email: row!.email },
		team: { id: row!.team_id, slug: row!.slug, name: row!.team_name },
		role: row!.role,
		projectIds: row!.project_ids
	};
});

/** Every look and every press counts, right or wrong: so many an hour, of one person and of one network, are no way to guess. */
const mayTry = async (self: SignedIn) => {
	const { person, request } = self;
	const hourly = { most: 30, perSeconds: 3600 };
	const sql = asking(self);
	const allowed =
		(await within(`device-code:${person.id}`, hourly, sql)) &&
		(!request || (await within(`device-code-ip:${networkOf(request.address)}`, { ...hourly, most: 300 }, sql)));
	if (!allowed) throw new AppError('rate_limited', 'That were too many codes. Wait an hour, then begin anew.', 'code');
};

/** What the page of a code shows. Only looks: opening the link lets nobody in. */
export const lookAtDevice = query(LookAtDevice, async (self, { code: typed }) => {
	const code = readUserCode(typed);
	if (!code) return { open: false as const };
	await mayTry(self);
	const [row] = await asking(self)`select * from device_by_code(${sha256(code)})`;
	if (!row) return { open: false as const };
	return { open: true as const, code, client: row.name, address: row.address, createdAt: row.created_at };
});

const answers = {
	gone: () =>
		new AppError('gone', 'This code was answered already, or is older than ten minutes. Begin anew in the terminal.'),
	stranger: () => new AppError('not_found', 'You are not in this team any more.', 'teamId'),
	full: () =>
		new AppError('conflict', `You have ${mostTokens} personal tokens. End one in your account that you do not need.`)
};

const answer = async (self: SignedIn, typed: string, teamId: string | null) => {
	await mayTry(self);
	const code = readUserCode(typed);
	if (!code) throw answers.gone();
	const { person, request } = self;
	const [row] = await ownDeed(
		self,
		(sql) => sql`select answer_device(
			${sha256(code)}, ${person.id}, ${teamId}, ${mostTokens}, ${request?.id ?? null}, ${request?.address ?? null}) as outcome`
	);
	const outcome = row!.outcome as keyof typeof answers | 'confirmed' | 'refused';
	log.info('device', { outcome, person: person.id, team: teamId });
	if (outcome !== 'confirmed' && outcome !== 'refused') throw answers[outcome]();
	if (teamId) linkEntries(teamId);
};

/** Lets the program that shows this code act as the person in this team. */
export const confirmDevice = command(ConfirmDevice, (self, { code, teamId }) => answer(self, code, teamId));

/** Tells the program that shows this code no. */
export const refuseDevice = command(RefuseDevice, (self, { code }) => answer(self, code, null));
