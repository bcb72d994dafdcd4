import { type Method, type RestRow, rest } from '../../../contract/rest.ts';

const pieces = (path: string) => path.split('/').filter((piece) => piece !== '');
/** By how many pieces their paths have: of the hundred or so, a request is held against those it may be. */
const table = Map.groupBy(
	rest.map((row) => ({ row, pattern: pieces(row.path) })),
	({ pattern }) => pattern.length
);

const nameIn = (piece: string) => /^\{(\w+)\}$/.exec(piece)?.[1];

/** What the address has in the places of a path of as many pieces, by their names; null where it is another path. */
const matched = (pattern: string[], given: string[]): Record<string, string> | null => {
	const params: Record<string, string> = {};
	for (const [place, piece] of pattern.entries()) {
		const name = nameIn(piece);
		if (name) params[name] = given[place]!;
		else if (piece !== given[place]) return null;
	}
	return params;
};

export type Found = { row: RestRow; params: Record<string, string> };

/**
 * The row of a request, or the methods that its path has. A path of fixed words comes before one with a name in that place:
 * `runs/preflight` is no run. HEAD looks as GET does, at what changes nothing.
 */
export const findRow = (method: string, path: string): Found | { allow: Method[] } => {
	const given = pieces(path);
	const found = (table.get(given.length) ?? []).flatMap(({ row, pattern }) => {
		const params = matched(pattern, given);
		return params ? [{ row, params }] : [];
	});
	const fewest = Math.min(...found.map(({ params }) => Object.keys(params).length));
	const nearest = found.filter(({ params }) => Object.keys(params).length === fewest);
	const answers = ({ row }: Found) =>
		row.method === method || (method === 'HEAD' && row.method === 'GET' && row.operation.kind === 'query');
	return nearest.find(answers) ?? { allow: nearest.map(({ row }) => row.method) };
};
