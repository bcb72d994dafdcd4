/** `ana.maria+work@x.com` → `Ana Maria`. */
export const nameFrom = (email: string) => {
	const words = email
		.split('@')[0]!
		.split('+')[0]!
		.split(/[._-]+/)
		.filter(Boolean);
	const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ');
	return name.slice(0, 80) || email.slice(0, 80);
};

/** `ana@example.com` → `a…@example.com`: enough to recognise one's own, too little to learn another's. */
export const maskedEmail = (email: string) => {
	const [local = '', domain = ''] = email.split('@');
	return `${local.slice(0, 1)}…@${domain}`;
};
