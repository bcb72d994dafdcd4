/** Of a scope, what its transactions are opened with. */
type Opening = {
	teamId: string;
	userId: string | null;
	role: string;
	projectIds: 'all' | string[];
	key?: { id: string };
	authority?: { personId: string } & ({ sessionHandle: string } | { tokenId: string });
	place?: { team: string; projectId: string; project: string };
};

/** As whom somebody acts: nobody is asked about where a job, the demo or a test does. */
const kindOf = ({ key, authority }: Opening) => {
	if (key) return 'key';
	if (!authority) return 'nobody';
	return 'tokenId' in authority ? 'token' : 'session';
};
type Kind = ReturnType<typeof kindOf>;

const settings = ['team_id', 'user_id', 'key_id', 'token_id', 'role', 'project_ids'];

const columnsFrom = (first: number, kind: Kind, isPlaced: boolean, holding: boolean): string => {
	const at = (index: number) => `$${first + index}::text`;
	const id = (index: number) => `${at(index)}::uuid`;
	const set = settings.map((name, index) => `set_config('app.${name}', ${at(index)}, true)`);
	const rights = `${at(4)}, ${at(5)}, ${holding}`;
	const asked = {
		nobody: [],
		key: [`assert_key(${id(0)}, ${id(2)}, ${rights})`],
		token: [`assert_token(${id(0)}, ${id(6)}, ${id(3)}, ${rights})`],
		session: [`assert_authority(${id(0)}, ${id(6)}, ${id(7)}, ${rights})`]
	};
	const own = { nobody: 6, key: 6, token: 7, session: 8 }[kind];
	const place = `${at(own)}, ${id(own + 1)}, ${at(own + 2)}`;
	if (isPlaced && holding && kind === 'session')
		return [...set, `assert_authority_at(${id(0)}, ${id(6)}, ${id(7)}, ${at(4)}, ${at(5)}, ${place})`].join(', ');
	return [...set, ...asked[kind], ...(isPlaced ? [`assert_place(${id(0)}, ${place})`] : [])].join(', ');
};

const made = new Map<string, string>();

/**
 * What opens a transaction, as columns of a `select`: the settings of whoever acts, and behind them the question whether they still may, and whether the place is still
 * where it was. Its text is the same for all who act in the same way, and made once.
 */
export const openingOf = (who: Opening) => {
	const { teamId, userId, key, authority, role, projectIds, place } = who;
	const kind = kindOf(who);
	const token = authority && 'tokenId' in authority ? authority.tokenId : '';
	const values = [teamId, userId ?? '', key?.id ?? '', token, role, String(projectIds)];
	if (kind === 'token' || kind === 'session') values.push(authority!.personId);
	if (kind === 'session') values.push((authority as { sessionHandle: string }).sessionHandle);
	if (place) values.push(place.team, place.projectId, place.project);
	return {
		values,
		/** `first`: the place of the first of the values. `holding`: what the rights hang on stays until the commit. */
		columns: (first: number, holding: boolean): string => {
			const name = `${first} ${kind} ${place !== undefined} ${holding}`;
			const known = made.get(name);
			if (known) return known;
			const columns = columnsFrom(first, kind, place !== undefined, holding);
			made.set(name, columns);
			return columns;
		},
		kind: `${kind}${place ? ' at a place' : ''}`
	};
};
