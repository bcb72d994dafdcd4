import type postgres from 'postgres';
import { roles } from '../../src/lib/core/permissions.ts';
import { clausesOf } from './clauses.ts';
import { type Mutant, inOneLine } from './mutant.ts';

type Policy = { name: string; table: string; using: string | null; check: string | null };
type Side = 'using' | 'check';

const everyTable = 'tests/server/platform/db/tenancy.test.ts';
/** Of the tables whose rows can be deleted and brought back. */
const living = 'tests/server/platform/db/living.test.ts';
/** The question about the role, within the setting of the team: whoever has another acts for none. */
const roleSetting = /^\(?current_setting\('app\.role'/;

/** Each clause of each policy dropped, each role let in or kept out, as the catalogue of the migrated database has them. */
export const policyMutants = async (sql: postgres.Sql): Promise<Mutant[]> => {
	const policies = await sql<Policy[]>`
		select polname as name, polrelid::regclass::text as table,
			pg_get_expr(polqual, polrelid) as using, pg_get_expr(polwithcheck, polrelid) as check
		from pg_policy p join pg_class c on c.oid = p.polrelid
		where c.relnamespace = 'public'::regnamespace order by 2, 1`;
	return policies.flatMap((policy) => (['using', 'check'] as const).flatMap((side) => mutantsOf(policy, side)));
};

const mutantsOf = (policy: Policy, side: Side): Mutant[] => {
	const expression = policy[side];
	if (expression === null) return [];
	const mutant = (what: string, changed: string, changesNothing?: string): Mutant => ({
		id: `policies/${policy.name} ${side}: ${what}`,
		subject: policy.table,
		files: /\bdeleted_at\b/.test(expression) ? [everyTable, living] : [everyTable],
		named: { [everyTable]: new RegExp(`^the policies .*\\b${policy.table}\\b`) },
		sql: altered(policy, side, changed),
		undo: altered(policy, side, expression),
		changesNothing
	});
	const clauses = clausesOf(`where ${expression}`).map(({ from, to, becomes }) => ({
		text: expression.slice(from - 6, to - 6),
		becomes,
		changed: expression.slice(0, from - 6) + becomes + expression.slice(to - 6)
	}));
	return [
		...clauses.map(({ text, changed, becomes }) =>
			mutant(`${becomes === 'true' ? 'without' : 'never'} ${said(text)}`, changed, whyNothing(policy, side, text))
		),
		...clauses
			.filter(({ text }) => roleSetting.test(text) && !/ AND /.test(text))
			.flatMap(({ text }) => roles.map((role) => [role, text] as const))
			.map(([role, text]) => {
				const letIn = [...text.matchAll(/'(\w+)'::text(?!, true)/g)].map(([, name]) => name!);
				const isIn = letIn.includes(role);
				const list = isIn ? letIn.filter((name) => name !== role) : [...letIn, role];
				const array = `array[${list.map((name) => `'${name}'`).join(', ')}]::text[]`;
				const changed = expression.replace(text, () => `(current_setting('app.role', true) = any (${array}))`);
				return isIn ? mutant(`no ${role}`, changed) : mutant(`a ${role} too`, changed, whyNothing(policy, side, text));
			})
	];
};

const altered = ({ name, table }: Policy, side: Side, expression: string) =>
	`alter policy ${name} on ${table} ${side === 'using' ? 'using' : 'with check'} (${expression})`;

/** The settings by their names. */
const said = (text: string) =>
	inOneLine(text)
		.replaceAll(/\(\(NULLIF\(current_setting\('(app\.\w+)', true\), ''\)\)\)/g, '$1')
		.replaceAll(/\(current_setting\('(app\.\w+)', true\)\)/g, '$1')
		.replaceAll(/\(\((app_\w+)\(\)\)(?:\[\])?\)/g, '($1)');

const isFalse = (expression: string) => expression === 'false' || / AND false\)$/.test(expression);
const nobody = '`false` stands beside it: nobody is let in either way';

/** Where another clause of the same policy has said it already, whatever the row. */
const whyNothing = (policy: Policy, side: Side, text: string): string | undefined => {
	const isOneClause = text !== 'false' && !isFalse(text);
	if (isFalse(policy[side]!) && isOneClause) return nobody;
	if (side === 'using' || policy.using === null) return undefined;
	if (isFalse(policy.using)) return '`using` lets in no row that could be checked';
	if (policy.using.includes(text) && roleSetting.test(text) && !/ AND /.test(text))
		return '`using` has asked the same of the same setting, and no column of the row is in it';
	return undefined;
};
