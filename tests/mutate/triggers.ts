import fs from 'node:fs';
import path from 'node:path';
import { clausesOf } from './clauses.ts';
import { type Mutant, inOneLine } from './mutant.ts';
import { testsNaming } from './test-files.ts';

const folder = 'drizzle/functions';

/** One `create or replace` of the folder, as it stands in its file. */
type Statement = { kind: 'function' | 'trigger'; name: string; text: string; body: number };

/** Ids are made differently by different servers, in one statement with both ways. */
const isIds = (statement: string) => /function new_id\b/.test(statement);

/** The statements of one file; a semicolon within `$$ … $$` ends none. Throws when it reads another number than there is. */
const statementsOf = (file: string): Statement[] => {
	const text = fs.readFileSync(path.join(folder, file), 'utf8').replaceAll(/^--.*$/gm, '');
	const found = [
		...text.matchAll(/create or replace (function|trigger) (\w+)(?:[^;$']|\$(\w*)\$.*?\$\3\$|'[^']*')*;/gs)
	];
	const begun = text.match(/^create or replace (function|trigger)\b/gm) ?? [];
	const kept = found.filter(([statement]) => !isIds(statement));
	if (kept.length !== begun.length)
		throw new Error(`${file} has ${begun.length} statements, of which ${kept.length} were read`);
	return kept.map((match) => ({
		kind: match[1] as Statement['kind'],
		name: match[2]!,
		text: match[0],
		body: match[0].search(/\$\w*\$| as '/)
	}));
};

const allStatements = () => fs.readdirSync(folder).flatMap(statementsOf);

/** A change of one statement: from where to where, what comes instead, and what to call it. */
type Change = { from: number; to: number; becomes: string; what: string };

const clauseChanges = (text: string, from: number): Change[] =>
	clausesOf(text.slice(from))
		.map((clause) => ({ ...clause, from: clause.from + from, to: clause.to + from }))
		.filter(({ from, to, becomes }) => text.slice(from, to) !== becomes)
		.map((clause) => {
			const said = inOneLine(text.slice(clause.from, clause.to));
			// a trigger's `when` has to stay in its brackets
			return {
				...clause,
				becomes: `(${clause.becomes})`,
				what: clause.becomes === 'true' ? `without ${said}` : `never ${said}`
			};
		});

/** The conditions in texts that a function puts together and executes: a whole query, or one that begins at its condition. */
const executedChanges = (text: string, from: number): Change[] => {
	if (!/\bexecute (format\(\s*)?'/.test(text.slice(from))) return [];
	return [...text.slice(from).matchAll(/'((?:[^']|'')*)'/g)].flatMap((literal) => {
		const sql = literal[1]!;
		const before = /^(?!select|update|delete|insert)[\w.(), ]+ (<|=|<>) /.test(sql) ? 'where ' : '';
		const at = from + literal.index + 1 - before.length;
		return clausesOf(before + sql).map((clause) => ({
			from: at + clause.from,
			to: at + clause.to,
			becomes: clause.becomes,
			what: `${clause.becomes === 'true' ? 'without' : 'never'} ${inOneLine(text.slice(at + clause.from, at + clause.to))} in a text`
		}));
	});
};

/** What a function does besides asking: each lock, each change of rows, each value it sets. */
const deedChanges = (text: string, from: number): Change[] => {
	const body = text.slice(from);
	const at = (index: number, length: number, becomes: string): Change => ({
		from: from + index,
		to: from + index + length,
		becomes,
		what: `without ${inOneLine(body.slice(index, index + length))}`
	});
	const locks = [...body.matchAll(/\bfor (no key update|key share|update|share)\b( of \w+)?( skip locked)?/g)].map(
		(m) => at(m.index, m[0].length, '')
	);
	if (!text.includes('language plpgsql')) return locks;
	// what a loop goes through is no deed of its own: its conditions are mutants already
	// and what is returned is a question
	const isHead = (index: number) => /\b(in|return query)\s*$/.test(body.slice(0, index));
	const deeds = [...body.matchAll(/^\t+((?:with|update|insert|delete|perform|new\.\w+ :=)[^;]*|(?<=^\t)raise[^;]*);/gm)]
		.filter((m) => !isHead(m.index))
		.map((m) => at(m.index + m[0].indexOf(m[1]!), m[1]!.length, 'null'))
		// the row count of a `perform` or of an `update … returning` is asked afterwards: its conditions are mutants already
		.filter(
			({ from, to }) =>
				!/^\s*;\s*if (not )?found|into \w+$/.test(text.slice(to, to + 40)) && !/ into \w+$/.test(text.slice(from, to))
		);
	return [...locks, ...deeds];
};

/** Columns that a trigger watches: each left out of `update of`, and of both sides of its comparison. */
const columnChanges = (text: string): Change[] => {
	const changes: Change[] = [];
	const watched = /\bupdate of ([\w,\s]+?)\s+on\b/.exec(text);
	const columns = watched?.[1]!.split(/,\s*/) ?? [];
	for (const column of columns.length > 1 ? columns : []) {
		const from = watched!.index + 'update of '.length;
		const kept = columns.filter((other) => other !== column).join(', ');
		changes.push({ from, to: from + watched![1]!.length, becomes: kept, what: `not asked when ${column} is written` });
	}
	for (const row of text.matchAll(/\(([^()]+,[^()]+)\)\s+is distinct from\s+\(([^()]+)\)/g)) {
		const [before, after] = [row[1]!.split(/,\s*/), row[2]!.split(/,\s*/)];
		for (const [i, column] of before.entries()) {
			const without = (list: string[]) => list.filter((_, k) => k !== i).join(', ');
			const becomes = `(${without(before)}) is distinct from (${without(after)})`;
			changes.push({
				from: row.index,
				to: row.index + row[0].length,
				becomes,
				what: `${inOneLine(column)} may differ`
			});
		}
	}
	return changes;
};

const changesOf = ({ kind, text, body }: Statement): Change[] =>
	kind === 'trigger'
		? [...clauseChanges(text, 0), ...columnChanges(text)]
		: [...clauseChanges(text, body), ...executedChanges(text, body), ...deedChanges(text, body)];

const tableOf = (trigger: string) => /\bon\s+(\w+)\s/.exec(trigger)![1]!;

/** The tables whose triggers run a function; none for a function that the server calls. */
const tablesOf = (name: string, all: Statement[]): string[] =>
	all
		.filter((one) => one.kind === 'trigger' && one.text.includes(`execute function ${name}(`))
		.map(({ text }) => tableOf(text));

/** What the tests of a statement have to name: its tables, or itself and the functions that call it. */
const namesOf = (statement: Statement, all: Statement[]): string[] => {
	if (statement.kind === 'trigger') return [tableOf(statement.text), ...functionsIn(statement.text)];
	const callers = all.filter(
		(one) => one.name !== statement.name && new RegExp(`\\b${statement.name}\\(`).test(one.text)
	);
	const deleting = tablesOf(statement.name, all).flatMap((table) => functionsDeleting(table, statement, all));
	return [
		statement.name,
		...deleting,
		...tablesOf(statement.name, all),
		...callers.flatMap((one) => [one.name, ...tablesOf(one.name, all)])
	];
};

/** Where a function runs when a row of its table goes: the functions that delete one. */
const functionsDeleting = (table: string, { name }: Statement, all: Statement[]): string[] => {
	const isAtDelete = (one: Statement) =>
		one.kind === 'trigger' && one.text.includes(`execute function ${name}(`) && /\bdelete\b/.test(one.text);
	if (!all.some(isAtDelete)) return [];
	return all
		.filter((one) => one.name !== name && one.text.includes(`delete from public.${table} `))
		.map((one) => one.name);
};

/** What is said by few tests, and by those that matter: its name, its refusals, and what it writes besides the table it stands at. */
const ownOf = ({ name, kind, text }: Statement, all: Statement[]): string[] => {
	const called = kind === 'trigger' ? all.filter((one) => functionsIn(text).includes(one.name)) : [];
	const texts = [text, ...called.map((one) => one.text)].join('\n');
	const codes = [...texts.matchAll(/errcode = '(\w+)'/g)].map(([, code]) => code!);
	const tables = kind === 'trigger' ? [tableOf(text)] : tablesOf(name, all);
	const written = [...texts.matchAll(/\b(?:insert into|update|delete from) public\.(\w+)/g)].map(([, table]) => table!);
	const deleting = tables.flatMap((table) => functionsDeleting(table, { kind, name, text } as Statement, all));
	const asked = kind === 'trigger' ? functionsIn(text) : [];
	return [...new Set([name, ...asked, ...codes, ...deleting, ...written.filter((table) => !tables.includes(table))])];
};

const functionsIn = (trigger: string) => [...trigger.matchAll(/execute function (\w+)/g)].map(([, name]) => name!);

/** Triggers dropped, and every clause and deed of triggers and functions, from the current texts in drizzle/functions. */
const mutantsOfFunctions = (): Mutant[] => {
	const all = allStatements();
	return all.flatMap((statement) => {
		const { kind, name, text } = statement;
		const subject = `${kind} ${name}`;
		const files = testsNaming(namesOf(statement, all), ownOf(statement, all));
		const changed = changesOf(statement).map(({ from, to, becomes, what }) => ({
			what,
			sql: text.slice(0, from) + becomes + text.slice(to)
		}));
		const dropped = kind === 'trigger' ? [{ what: 'dropped', sql: `drop trigger ${name} on ${tableOf(text)}` }] : [];
		const ways = { undo: text, probe: failing(statement) };
		return numbered([...dropped, ...changed]).map(({ what, sql }) => ({
			id: `${name}: ${what}`,
			subject,
			files,
			sql,
			...ways
		}));
	});
};

/** The same function, which fails; the same trigger, which fails at whatever is done to its table. */
const failing = ({ kind, text, body }: Statement) => {
	// a function of Postgres that says no to whoever names no columns
	if (kind === 'trigger')
		return text
			.replace(/\bupdate of [\w,\s]+?\s+on\b/, 'update on')
			.replace(
				/(?:\bwhen\s*\(.*\)\s*)?\bexecute function .*/s,
				'execute function pg_catalog.tsvector_update_trigger()'
			);
	return (
		`${text.slice(0, body).replace(/\blanguage \w+/, 'language plpgsql')} ` +
		(text.slice(body).startsWith(' as') ? 'as ' : '') +
		`$probe$ begin raise exception 'probed'; end $probe$`
	);
};

/** Two clauses of one text may read the same: the second is called so. */
const numbered = <T extends { what: string }>(list: T[]): T[] => {
	const seen = new Map<string, number>();
	return list.map((one) => {
		const times = (seen.get(one.what) ?? 0) + 1;
		seen.set(one.what, times);
		return times === 1 ? one : { ...one, what: `${one.what} (${times})` };
	});
};

const ofProjects = ({ id }: Mutant) => /: .*project/.test(id) && !/may differ|not asked when/.test(id);

export const triggerMutants = (): Mutant[] =>
	mutantsOfFunctions()
		.filter((mutant) => !ofProjects(mutant))
		.map((mutant) => ({ ...mutant, id: `triggers/${mutant.id}` }));

/** The clauses of triggers and functions that name a project. */
export const projectClauses = (): Mutant[] =>
	mutantsOfFunctions()
		.filter(ofProjects)
		.map((mutant) => ({ ...mutant, id: `projects/${mutant.id}` }));
