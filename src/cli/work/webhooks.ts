import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListDeliveries, ListWebhooks, type ShownDelivery } from '../../lib/contract/webhooks.ts';
import type { webhooks } from '../commands/webhooks.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { call } from '../remote/call.ts';
import { linkHere } from '../remote/link.ts';
import { type Server, openServer } from '../remote/logins.ts';
import type { Io } from '../terminal/io.ts';

type Delivery = Pick<ShownDelivery, 'id' | 'event' | 'body'>;
const prefix = 'whsec_';

/** By the rules of Standard Webhooks, as the server signs. */
const signed = (secret: string, id: string, body: string, at: Date): Record<string, string> => {
	const timestamp = String(Math.floor(at.getTime() / 1000));
	const key = Buffer.from(secret.slice(prefix.length), 'base64');
	const signature = createHmac('sha256', key).update(`msg_${id}.${timestamp}.${body}`).digest('base64');
	return {
		'content-type': 'application/json',
		'webhook-id': `msg_${id}`,
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${signature}`
	};
};

const chosen = async (server: Server, io: Io, named: string | undefined): Promise<{ id: string; name: string }> => {
	const all = await call(server, ListWebhooks, {}, io);
	const found = named === undefined && all.length === 1 ? all[0] : all.find(({ id }) => id === named);
	if (found) return found;
	if (all.length === 0)
		throw new Failure(
			'The team has no webhook yet.',
			'make one in the settings of the team, or ait api webhooks.create --describe'
		);
	const list = all.map(({ id, name }) => `${name} (${id})`).join(', ');
	throw new Failure(
		named === undefined ? `It is not said which webhook: ${list}.` : `There is no webhook ${named}; there is ${list}.`,
		`ait webhooks listen --webhook ${all[0]!.id}`,
		'usage'
	);
};

/** Everything that was sent since the one that is known, the oldest first. */
const newer = async (server: Server, io: Io, webhookId: string, known: ReadonlySet<string>): Promise<Delivery[]> => {
	const found: Delivery[] = [];
	let cursor: string | undefined;
	do {
		const page = (await call(server, ListDeliveries, { webhookId, limit: 100, cursor }, io)) as unknown as {
			data: Delivery[];
			next: string | null;
		};
		const at = page.data.findIndex(({ id }) => known.has(id));
		found.push(...(at < 0 ? page.data : page.data.slice(0, at)));
		cursor = at < 0 && known.size > 0 ? (page.next ?? undefined) : undefined;
	} while (cursor !== undefined);
	return found.reverse();
};

const addressOf = (forward: string | undefined): string => {
	const address = forward === undefined ? null : URL.parse(forward);
	if (address && /^https?:$/.test(address.protocol)) return address.href;
	throw new Failure(
		forward === undefined ? 'It is not said where to forward to.' : `"${forward}" is no address to forward to.`,
		'ait webhooks listen --forward http://localhost:3000/hook',
		'usage'
	);
};

export const deed: Deed<typeof webhooks> = async ({ io, say, args: [what], flags }) => {
	if (what !== 'listen')
		throw new Failure(
			`ait webhooks cannot "${what}".`,
			'ait webhooks listen --forward http://localhost:3000/hook',
			'usage'
		);
	const address = addressOf(flags.forward);
	const secret = flags.secret ?? `${prefix}${randomBytes(32).toString('base64')}`;
	if (!secret.startsWith(prefix)) throw new Failure('A secret begins with whsec_.', 'leave --secret out', 'usage');
	const server = openServer(io, flags.server, linkHere(io.cwd)?.server);
	const webhook = await chosen(server, io, flags.webhook);
	const known = new Set((await newer(server, io, webhook.id, new Set())).map(({ id }) => id));
	say.aside(`Forwarding what "${webhook.name}" is sent to ${address}. Ctrl-C ends it.`);
	say.line(`Signed by ${secret}`);
	if (say.isJson) say.raw(`${JSON.stringify({ webhook: webhook.id, forward: address, secret })}\n`);
	const forwarded = async ({ id, event, body }: Delivery) => {
		try {
			const headers = signed(secret, id, body, io.now());
			const { status } = await fetch(address, { method: 'POST', body, headers, redirect: 'manual', signal: io.signal });
			say.line(`${event}  ${status}`);
			if (say.isJson) say.raw(`${JSON.stringify({ id, event, status })}\n`);
		} catch (problem) {
			if (io.signal.aborted) throw problem;
			say.warn(`ait: ${event}: ${address} cannot be reached.`);
			if (say.isJson) say.raw(`${JSON.stringify({ id, event, status: null })}\n`);
		}
	};
	try {
		for (;;) {
			for (const delivery of await newer(server, io, webhook.id, known)) {
				await forwarded(delivery);
				known.add(delivery.id);
			}
			await sleep(io.pollMs, undefined, { signal: io.signal });
		}
	} catch (problem) {
		if (!io.signal.aborted) throw problem; // Ctrl-C is how it ends
	}
};
