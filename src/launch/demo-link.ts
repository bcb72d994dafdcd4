import postgres from 'postgres';

/**
 * The demo's link works for a day instead of ten minutes: whoever comes back from lunch finds it open. Only where nobody but this
 * machine reaches the server.
 */
export const lastsForADay = async (ownerUrl: string, email: string): Promise<void> => {
	const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
	await owner`update sign_ins set expires_at = now() + interval '24 hours' where email = ${email}`;
	await owner.end();
};
