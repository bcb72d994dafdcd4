import { Failure } from '../exit-codes.ts';
import { type Example, type Unreadable, examplesIn, isBlankLine, isUnreadable, readExample } from './examples.ts';
import { fieldsOf } from './fields.ts';
import { eachLine } from './lines.ts';
import type { Project } from './project.ts';

/** What a line calls itself, without reading it all. */
const idIn = (bytes: string): string | null => {
	const field = fieldsOf(bytes)?.fields.find(({ name }) => name === 'id');
	if (!field) return null;
	const value = bytes.slice(field.from, field.to);
	return value.startsWith('"') ? value.slice(1, -1) : value;
};

/** The one example with this id, or of this line (`#12`). Throws a failure where there is none, several, or it cannot be read. */
export const findExample = (project: Project, wanted: string): Example => {
	const line = /^#(\d+)$/.exec(wanted)?.[1];
	const found: (Example | Unreadable)[] = [];
	eachLine(examplesIn(project), (bytes, number) => {
		if (line === undefined ? idIn(bytes) !== wanted : number !== Number(line)) return;
		if (!isBlankLine(bytes)) found.push(readExample(bytes, number));
	});
	const [first, second] = found;
	if (!first) throw new Failure(`There is no example ${wanted}.`, 'ait list');
	if (second)
		throw new Failure(
			`${found.length} examples are called ${wanted}: lines ${found.map((each) => each.line).join(', ')}.`,
			`ait show '#${first.line}'`
		);
	if (isUnreadable(first)) throw new Failure(`${first.reason}.`, 'ait doctor');
	return first;
};
