import { RenamePerson } from '../../contract/account.ts';
import { nameFrom, normalEmail } from '../../core/account/email.ts';
import { plainPool } from '../platform/db/pools.ts';
import { command } from './operation.ts';

/** The person with this address, made when it is their first time. The address has just been proved. */
export const personWith = async (email: string, name = nameFrom(email)): Promise<{ id: string; isNew: boolean }> => {
	// xmax is 0 in a row that this very statement has made
	const [person] = await plainPool()`
		insert into people (email, name) values (${normalEmail(email)}, ${name})
		on conflict (email) do update set email = excluded.email
		returning id, xmax = 0 as is_new`;
	return { id: person!.id, isNew: person!.is_new };
};

/** What the person is called from now on, in every team. */
export const renamePerson = command(RenamePerson, async ({ person }, { name }) => {
	await plainPool()`update people set name = ${name} where id = ${person.id}`;
});
