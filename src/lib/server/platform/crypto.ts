import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	hash,
	hkdfSync,
	randomBytes,
	timingSafeEqual
} from 'node:crypto';

/** An encrypted secret: its own data key encrypts it, the key-encryption key `kek` wraps that one. */
export type Sealed = { v: 1; kek: string; key: string; iv: string; text: string; tag: string };

/** Key-encryption keys by id; new secrets use the first. */
export type Keks = { id: string; key: Buffer }[];

const encrypt = (key: Buffer, plain: Buffer, bound: string) => {
	const iv = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
	return { iv, text: Buffer.concat([cipher.update(plain), cipher.final()]), tag: cipher.getAuthTag() };
};

const decrypt = (key: Buffer, iv: Buffer, text: Buffer, tag: Buffer, bound: string) => {
	const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
		.setAAD(Buffer.from(bound))
		.setAuthTag(tag);
	return Buffer.concat([decipher.update(text), decipher.final()]);
};

/**
 * Seals a secret so that it only opens in the same place: `bound` names the row it belongs to (`team|connection|id`).
 * AES-256-GCM, a fresh data key and nonce each time.
 */
export const seal = (keks: Keks, secret: string, bound: string): Sealed => {
	const kek = keks[0];
	if (!kek) throw new Error('No key-encryption key is configured');
	const dataKey = randomBytes(32);
	const body = encrypt(dataKey, Buffer.from(secret), bound);
	const wrapped = encrypt(kek.key, dataKey, `${bound}|${kek.id}`);
	return {
		v: 1,
		kek: kek.id,
		key: Buffer.concat([wrapped.iv, wrapped.tag, wrapped.text]).toString('base64'),
		iv: body.iv.toString('base64'),
		text: body.text.toString('base64'),
		tag: body.tag.toString('base64')
	};
};

/** Opens what `seal` closed. Throws when a bit, the place or the key differs. */
export const open = (keks: Keks, sealed: Sealed, bound: string): string => {
	const kek = keks.find(({ id }) => id === sealed.kek);
	if (!kek) throw new Error(`The key-encryption key "${sealed.kek}" is not configured`);
	const wrapped = Buffer.from(sealed.key, 'base64');
	const dataKey = decrypt(
		kek.key,
		wrapped.subarray(0, 12),
		wrapped.subarray(28),
		wrapped.subarray(12, 28),
		`${bound}|${kek.id}`
	);
	const [iv, text, tag] = [sealed.iv, sealed.text, sealed.tag].map((part) => Buffer.from(part, 'base64')) as [
		Buffer,
		Buffer,
		Buffer
	];
	return decrypt(dataKey, iv, text, tag, bound).toString();
};

/**
 * A text that only this server can make, and makes again from the same words: HMAC-SHA-256 in hexadecimal, under a key of its own
 * for each `purpose`, derived from the first key-encryption key.
 */
export const keyedDigest = (keks: Keks, purpose: string, words: string): string => {
	const kek = keks[0];
	if (!kek) throw new Error('No key-encryption key is configured');
	const key = hkdfSync('sha256', kek.key, '', `aitelier ${purpose}`, 32);
	return createHmac('sha256', Buffer.from(key)).update(words).digest('hex');
};

/** Whether two texts are the same, in a time that does not tell where they differ. */
export const sameText = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));

/** SHA-256 as 32 characters, one for each byte (latin1, which Node calls binary here). It makes such a string in a third of the time of a buffer. */
export const sha256Text = (text: string | Buffer): string => hash('sha256', text, 'binary');

export const sha256 = (text: string | Buffer): Buffer => Buffer.from(sha256Text(text), 'latin1');

/** An id that follows from these words. */
export const idFrom = (words: string): string =>
	sha256(words)
		.toString('hex')
		.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** A secret for a link or a cookie: 32 random bytes, safe in addresses. */
export const randomToken = () => randomBytes(32).toString('base64url');
