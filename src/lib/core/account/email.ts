/** One `@` between two parts, the second with a dot in it, and nothing that a list of addresses or a header is made of. A `+tag` stays. */
export const isEmail = (text: string) => {
	const parts = text.split('@');
	return (
		parts.length === 2 &&
		parts[0]!.length > 0 &&
		parts[1]!.length > 2 &&
		!/[\s\p{Cc}\p{Cf}<>",;:\\()[\]]/u.test(text) &&
		parts[1]!.includes('.')
	);
};

/** The address as it is kept and compared: people write theirs now in capitals, now without. */
export const normalEmail = (email: string) => email.trim().toLowerCase();

/** `ana.maria+work@x.com` → `Ana Maria`. */
export const nameFrom = (email: string) => {
	const words = email.split('@')[0]!.split('+')[0]!.split(/[._-]/).filter(Boolean);
	const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ');
	return name.slice(0, 80) || email.slice(0, 80);
};

/** `ana@example.com` → `a…@example.com`: enough to recognise one's own, too little to learn another's. */
export const maskedEmail = (email: string) => {
	const [local = '', domain = ''] = email.split('@');
	return `${local.slice(0, 1)}…@${domain}`;
};
