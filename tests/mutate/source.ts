import fs from 'node:fs';
import ts from 'typescript';
import { type Edit, type Mutant, inOneLine } from './mutant.ts';

/** A change of a file: what stands there, and what comes in its place. */
export type Replacement = { from: number; to: number; becomes: string; isExpression?: boolean };

/** What stands beside a change: the words of its lines, and the name of what at the top of the file it is `within`. */
export type Around = { words: string[]; within: string | undefined };

const around = (text: string, { from, to }: Replacement): Around => {
	const end = text.indexOf('\n', to);
	const lines = text.slice(text.lastIndexOf('\n', from) + 1, end < 0 ? text.length : end);
	const within = [...text.slice(0, from).matchAll(/^(?:export )?(?:const|function|async function) (\w+)/gm)].at(
		-1
	)?.[1];
	const words = new Set([...lines.matchAll(/\b[A-Za-z]\w+/g)].map(([word]) => word).concat(within ?? []));
	return { words: [...words], within };
};

/** The mutants of one file, named after what goes and what comes. `testsOf` gives the tests to ask, from what stands around a change. */
export const sourceMutants = (
	kind: string,
	file: string,
	replacements: Replacement[],
	testsOf: (around: Around) => Pick<Mutant, 'files' | 'named'>
): Mutant[] => {
	const text = fs.readFileSync(file, 'utf8');
	const seen = new Map<string, number>();
	return replacements.map((replacement) => {
		const { from, to, becomes, isExpression } = replacement;
		const edit: Edit = { file, from, to, text: becomes, ...(isExpression && { isExpression }) };
		const what = `${inOneLine(text.slice(from, to))} → ${becomes}`;
		const times = (seen.get(what) ?? 0) + 1;
		seen.set(what, times);
		const id = `${kind}/${file.replace('src/lib/', '')}: ${what}${times > 1 ? ` (${times})` : ''}`;
		return { id, subject: file, ...testsOf(around(text, replacement)), edit };
	});
};

/** Every node of a file of TypeScript. */
export const nodesOf = (file: string): { nodes: ts.Node[]; source: ts.SourceFile } => {
	const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
	const nodes: ts.Node[] = [];
	const visit = (node: ts.Node) => {
		nodes.push(node);
		node.forEachChild(visit);
	};
	visit(source);
	return { nodes, source };
};

export const replaced = (node: ts.Node, becomes: string): Replacement => ({
	from: node.getStart(),
	to: node.getEnd(),
	becomes,
	isExpression: true
});

/** The name of the function that a node calls, or none. */
export const calls = (node: ts.Node): string | null =>
	ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : null;
