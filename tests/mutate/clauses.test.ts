import { expect, test } from 'vitest';
import { clausesOf } from './clauses.ts';

const said = (sql: string) => clausesOf(sql).map(({ from, to, becomes }) => `${sql.slice(from, to)} → ${becomes}`);

test('a condition is cut where `and` and `or` join it, at every depth', () => {
	expect(said('select 1 from t where a = 1 and (b or not c) and d in (1, 2) order by a')).toEqual([
		'a = 1 → true',
		'(b or not c) → true',
		'b → false',
		'not c → false',
		'd in (1, 2) → true'
	]);
});

test('a parameter ends no condition', () => {
	expect(said('where a < $2 and b limit $1')).toEqual(['a < $2 → true', 'b → true']);
});

test('a refusal is negated away, as a whole and by each of its clauses', () => {
	expect(said(`if old.a is distinct from new.a and x between 1 and 2 then raise exception 'and'; end if;`)).toEqual([
		'old.a is distinct from new.a and x between 1 and 2 → false',
		'old.a is distinct from new.a → true',
		'x between 1 and 2 → true'
	]);
});

test('what joins tables, what a query within asks, and what a trigger waits for are conditions; rows and lists are not', () => {
	expect(said('from a join b on b.id = a.id where exists (select from c where (c.x, c.y) = (1, 2))')).toEqual([
		'b.id = a.id → true',
		'exists (select from c where (c.x, c.y) = (1, 2)) → true',
		'(c.x, c.y) = (1, 2) → true'
	]);
	expect(said('create trigger t after insert on a for each row when (new.a is null) execute function f()')).toEqual([
		'(new.a is null) → true'
	]);
	expect(said('insert into a values (1) on conflict (a) do nothing')).toEqual([]);
	expect(said('insert into a select from b cross join c where d on conflict (a) do nothing')).toEqual(['d → true']);
	expect(said('select case when a then 1 else 2 end as b from c where d')).toEqual(['a → true', 'd → true']);
});
