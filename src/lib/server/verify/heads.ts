/** Where the chain of a team's audit log ends: how many entries it has, and the hash that depends on all of them. */
export type Head = { team: string; teamId: string; place: number; hash: Buffer };

/** As `npm run verify` says it. */
export const headLine = ({ team, teamId, place, hash }: Head): string =>
	`Audit log of team ${team} (${teamId}): ${place} entries, ${hash.toString('hex')}`;

/** The heads in what an earlier `npm run verify` said, or in any part of it. Throws when there is none. */
export const readHeads = (text: string): Head[] => {
	const lines = text.matchAll(/^Audit log of team (\S+) \(([0-9a-f-]{36})\): (\d+) entries, ([0-9a-f]{64})\r?$/gm);
	const heads = [...lines].map(([, team, teamId, place, hash]) => ({
		team: team!,
		teamId: teamId!,
		place: Number(place),
		hash: Buffer.from(hash!, 'hex')
	}));
	if (heads.length === 0) throw new Error('There is no line "Audit log of team …" in the file of kept heads.');
	return heads;
};
