// A webhook's secret is made, sealed and opened in this file and nowhere else.
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { config } from '../platform/config.ts';
import { type Sealed, open, seal } from '../platform/crypto.ts';
import type { webhookEndpoints } from '../platform/db/schema.ts';

type Place = Pick<typeof webhookEndpoints.$inferSelect, 'teamId' | 'id'>;
type Secrets = Pick<typeof webhookEndpoints.$inferSelect, 'sealedSecret' | 'sealedOldSecret' | 'oldSecretUntil'>;

/** As Standard Webhooks has it: 24 to 64 random bytes. */
export const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** A sealed secret opens only for the webhook it was sealed for. */
const bound = ({ teamId, id }: Place) => `${teamId}|webhook|${id}`;
export const sealedFor = (place: Place, secret: string): Sealed => seal(config().keks, secret, bound(place));

/**
 * The headers by which a receiver knows that it is from us, and the same as before: one signature for each secret that counts at this
 * moment, the newest first.
 */
export const signedHeaders = (endpoint: Place & Secrets, id: string, at: Date, body: string) => {
	const { sealedSecret, sealedOldSecret, oldSecretUntil } = endpoint;
	const counts = sealedOldSecret && oldSecretUntil && oldSecretUntil > at;
	const secrets = [sealedSecret, ...(counts ? [sealedOldSecret] : [])].map((sealed) =>
		open(config().keks, sealed, bound(endpoint))
	);
	const message = `msg_${id}`;
	return {
		'webhook-id': message,
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(message, at, body)).join(' ')
	};
};
