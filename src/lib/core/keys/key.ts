// A key as scripts carry it: `ait_sk_`, 30 random signs, and 6 that check them. A scanner that finds one knows without asking
// anybody that it is real, and a mistyped one is refused without a look into the database.

const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 30;
const checkLength = 6;

/** `sk`: of a team, made in its settings. `pt`: of a person, from `ait login`. */
export const keyKinds = ['sk', 'pt'] as const;
export type KeyKind = (typeof keyKinds)[number];

/** What looks like a key of ours. */
const keyPattern = /(?<![0-9A-Za-z_])ait_(sk|pt)_[0-9A-Za-z]{36}(?![0-9A-Za-z_])/;

const crcTable = Array.from({ length: 256 }, (_, byte) => {
	let crc = byte;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	return crc >>> 0;
});

/** CRC-32 as zip and PNG have it (ISO 3309), of ASCII text. */
export const crc32 = (text: string): number => {
	let crc = 0xffffffff;
	for (let i = 0; i < text.length; i++) crc = crcTable[(crc ^ text.charCodeAt(i)) & 0xff]! ^ (crc >>> 8);
	return (crc ^ 0xffffffff) >>> 0;
};

const checkOf = (body: string) => {
	let rest = crc32(body);
	let check = '';
	for (let place = 0; place < checkLength; place++) {
		check = signs[rest % signs.length]! + check;
		rest = Math.floor(rest / signs.length);
	}
	return check;
};

/** The key made of random numbers, each from 0 to 61, one for each of its 30 signs. */
export const keyFrom = (kind: KeyKind, random: readonly number[]): string => {
	if (random.length !== secretLength) throw new RangeError(`A key has ${secretLength} random signs`);
	const body = `ait_${kind}_${random.map((number) => signs.charAt(number)).join('')}`;
	return body + checkOf(body);
};

/** Whether it is a key of ours by its form and its check, whoever it belongs to; and of which kind. */
export const readKey = (text: string): { kind: KeyKind } | null => {
	const found = new RegExp(`^${keyPattern.source}$`).exec(text);
	if (!found || checkOf(text.slice(0, -checkLength)) !== text.slice(-checkLength)) return null;
	return { kind: found[1] as KeyKind };
};

/** Whether a key of ours stands somewhere in a text. What only looks like one, as in an example of the docs, is none. */
export const holdsKey = (text: string): boolean =>
	[...text.matchAll(new RegExp(keyPattern, 'g'))].some(([found]) => readKey(found) !== null);

/** What is kept to recognise it by: its beginning and its last four signs. */
export const keyHint = (key: string): string => `${key.slice(0, 7)}…${key.slice(-4)}`;
