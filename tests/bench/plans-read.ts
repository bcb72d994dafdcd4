import fs from 'node:fs';
import { createInterface } from 'node:readline';

/** A statement as auto_explain has written it down: what it took, and its plan with what came true of it. */
export type Explained = { during: string; ms: number; query: string; plan: Node };

type Node = {
	'Node Type': string;
	'Parent Relationship'?: string;
	'Relation Name'?: string;
	'Index Name'?: string;
	'Function Name'?: string;
	'Plan Rows': number;
	'Actual Rows'?: number;
	'Actual Loops'?: number;
	'Rows Removed by Filter'?: number;
	Plans?: Node[];
};

/** Written between two deeds, so that the log says which statement belongs to which; with no name behind it, to none. */
export const mark = 'walk of plans: ';

/** Every statement of a deed in the log of Postgres from this byte on. */
export const explainedIn = async (file: string, start: number): Promise<Explained[]> => {
	const found: Explained[] = [];
	let during = '';
	let open: { ms: number; text: string } | undefined;
	const close = () => {
		if (!open) return;
		const { 'Query Text': query, Plan: plan } = JSON.parse(open.text) as { 'Query Text': string; Plan: Node };
		found.push({ during, ms: open.ms, query: query.replaceAll(/\s+/g, ' ').trim(), plan });
		open = undefined;
	};
	for await (const line of createInterface({ input: fs.createReadStream(file, { start }) })) {
		if (open && line.startsWith('\t')) {
			open.text += `${line.slice(1)}\n`;
			continue;
		}
		close();
		const [before, after] = line.split(mark);
		if (after !== undefined && before!.endsWith(' LOG:  ')) during = after;
		const ms = / LOG: {2}duration: ([\d.]+) ms {2}plan:$/.exec(line)?.[1];
		if (ms !== undefined && during) open = { ms: Number(ms), text: '' };
	}
	close();
	return found;
};

/** So much more has to come than was expected to be called wrong, and so many rows, below which no choice costs anything. */
const [wrongBy, fewest] = [100, 1_000];

export type Wrong = Explained & { node: string; expected: number; came: number };

const named = (node: Node) =>
	[node['Node Type'], node['Relation Name'] ?? node['Function Name'], node['Index Name']].filter(Boolean).join(' ');

/** A question with a limit that is asked for each row of the other side: nothing but a loop can do that. */
const asksForEach = ({ 'Node Type': type, Plans: [, inner] = [] }: Node): boolean => {
	if (type !== 'Nested Loop') return false;
	let asked = inner;
	while (asked && ['Memoize', 'Subquery Scan'].includes(asked['Node Type'])) asked = asked.Plans?.at(-1);
	return asked?.['Node Type'] === 'Limit';
};

/**
 * Where far more rows came than were expected, and a nested loop was chosen for it: what it does for each row is done so many times.
 * Of nodes below each other the lowest, where it begins.
 */
export const wrongIn = (explained: Explained): Wrong[] => {
	const found: Wrong[] = [];
	const look = (node: Node, inLoop: boolean): boolean => {
		const isLoop = node['Node Type'] === 'Nested Loop' && !asksForEach(node);
		// what is asked once for each row is no choice between ways to join, nor is what is worked out beforehand
		const lower = (node.Plans ?? []).map((child) => {
			const relationship = child['Parent Relationship'];
			return look(child, relationship !== 'InitPlan' && (isLoop || (inLoop && relationship !== 'SubPlan')));
		});
		if (lower.some(Boolean)) return true;
		const came = (node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 0);
		const expected = Math.max(1, node['Plan Rows']) * Math.max(1, node['Actual Loops'] ?? 0);
		if (!inLoop || came < fewest || came < wrongBy * expected) return false;
		found.push({ ...explained, node: named(node), expected: node['Plan Rows'], came });
		return true;
	};
	look(explained.plan, false);
	return found;
};

/** So many rows an index leads to that are of no use: another one was there, or is missing. */
const mostInVain = 10_000;

/** Where an index was taken that leads to many rows of which hardly one is wanted, because as few were expected by either way. */
export const inVain = (explained: Explained): Wrong[] => {
	const found: Wrong[] = [];
	const look = (node: Node) => {
		const loops = node['Actual Loops'] ?? 0;
		const [kept, removed] = [(node['Actual Rows'] ?? 0) * loops, (node['Rows Removed by Filter'] ?? 0) * loops];
		if (node['Index Name'] && removed >= mostInVain && removed >= wrongBy * Math.max(1, kept))
			found.push({ ...explained, node: named(node), expected: node['Plan Rows'], came: removed });
		node.Plans?.forEach(look);
	};
	look(explained.plan);
	return found;
};

/** What leads to rows in vain and is right so, and why. */
const rightSo: { index: string; query: RegExp; why: string }[] = [
	{
		index: 'examples_rewritten',
		query: /"examples"."split" = .* order by "examples"."number" asc limit/,
		why: 'the rewritten of one side, in an index that names no side and no rating: what moves an example, or rates it, would write it anew (drizzle/README.md)'
	}
];

/** Why it is right so; null where nobody has said. */
export const whyRight = ({ node, query }: Wrong): string | null =>
	rightSo.find((one) => node.endsWith(` ${one.index}`) && one.query.test(query))?.why ?? null;
