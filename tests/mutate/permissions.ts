import fs from 'node:fs';
import { roles } from '../../src/lib/core/permissions.ts';
import type { Mutant } from './mutant.ts';
import { calls, nodesOf, replaced, sourceMutants } from './source.ts';
import { everyOperation, serverFiles, testsOfRoom } from './test-files.ts';

const table = 'src/lib/core/permissions.ts';

/** Each cell of the table of permissions turned: given where it was not, taken where it was. */
const cells = (): Mutant[] => {
	const text = fs.readFileSync(table, 'utf8');
	const rows = [...text.matchAll(/^\t'(\w+:\w+)': \[([^\]]*)\]/gm)];
	if (rows.length === 0) throw new Error(`No row of ${table} reads as one`);
	return rows.flatMap((row) =>
		roles.map((role) => {
			const [, action, list] = row;
			const has = [...list!.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
			const isIn = has.includes(role);
			const now = isIn ? has.filter((name) => name !== role) : [...has, role];
			const from = row.index + row[0].lastIndexOf('[');
			return {
				id: `permissions/${action}: ${isIn ? `no ${role}` : `a ${role} too`}`,
				subject: table,
				files: ['tests/core/permissions.test.ts', everyOperation],
				edit: {
					file: table,
					from,
					to: row.index + row[0].length,
					text: `[${now.map((name) => `'${name}'`).join(', ')}]`
				}
			};
		})
	);
};

/** Wherever the server asks the table: the answer is always yes, always no, or nobody asks. */
const questions = (): Mutant[] =>
	serverFiles().flatMap((file) => {
		const asked = nodesOf(file).nodes.flatMap((node) => {
			if (calls(node) === 'may') return [replaced(node, 'true'), replaced(node, 'false')];
			return calls(node) === 'authorize' ? [replaced(node, 'undefined')] : [];
		});
		return sourceMutants('permissions', file, asked, testsOfRoom(file, /is forbidden to every role/));
	});

export const permissionMutants = (): Mutant[] => [...cells(), ...questions()];
