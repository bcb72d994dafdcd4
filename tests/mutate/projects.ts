import ts from 'typescript';
import type { Mutant } from './mutant.ts';
import { type Replacement, calls, nodesOf, replaced, sourceMutants } from './source.ts';
import { serverFiles, testsOfRoom } from './test-files.ts';

const namesProject = /\bprojectIds?\b|\bproject\.id\b|\bprojects\.(id|slug)\b/;

/** `eq(examples.projectId, …)` is left out of a condition; where tables are joined it is no check. */
const isCondition = (node: ts.Node) =>
	/^(eq|inArray)$/.test(calls(node) ?? '') &&
	namesProject.test(node.getText()) &&
	!/\b\w+Join\(\s*\w+,\s*$/.test(node.getSourceFile().text.slice(0, node.getStart()));

const isComparison = (node: ts.Node): node is ts.BinaryExpression =>
	ts.isBinaryExpression(node) &&
	/^[!=]==$/.test(node.operatorToken.getText()) &&
	namesProject.test(`${node.left.getText()} ${node.right.getText()}`);

/** Rights by project, as they are handed to the database or compared. */
const isRights = (node: ts.Node) => calls(node) === 'String' && /\.projectIds\)$/.test(node.getText());

const inTypeScript = (file: string): Replacement[] =>
	nodesOf(file).nodes.flatMap((node) => {
		if (isCondition(node)) return [replaced(node, 'undefined')];
		if (isComparison(node)) return [replaced(node, String(node.operatorToken.getText() === '==='))];
		return isRights(node) ? [replaced(node, `'all'`)] : [];
	});

/** In the SQL of a template: `e.project_id = …`, and a project by its id. */
const inSql = (file: string): Replacement[] => {
	const { source } = nodesOf(file);
	const clause = /(?:\w+\.)?project_id = (?:\$\{[^}]+\}|[\w.]+)|(?<=where )id = \$\{(?:projectId|project\.id)\}/g;
	return [...source.text.matchAll(clause)].map((match) => ({
		from: match.index,
		to: match.index + match[0].length,
		becomes: 'true'
	}));
};

const asking = /what it would if the team had no other|limited to other projects|leaves the other project of the team/;

/** Every condition in src/lib/server that names a project, left out. */
export const projectMutants = (): Mutant[] =>
	serverFiles().flatMap((file) =>
		sourceMutants('projects', file, [...inTypeScript(file), ...inSql(file)], testsOfRoom(file, asking))
	);
