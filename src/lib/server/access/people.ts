import { nameFrom } from '../../core/account/email.ts';
import { plainPool } from '../platform/db/pools.ts';

/** The person with this address, made when it is their first time. The address has just been proved. */
export const personWith = async (email: string, name = nameFrom(email)): Promise<{ id: string; isNew: boolean }> => {
	// xmax is 0 in a row that this very statement has made
	const [person] = await plainPool()`
		insert into people (email, name) values (${email}, ${name})
		on conflict (email) do update set email = excluded.email
		returning id, xmax = 0 as is_new`;
	return { id: person!.id, isNew: person!.is_new };
};

/** What a person is called from now on, in every team. */
export const renamePerson = (id: string, name: string) =>
	plainPool()`update people set name = ${name} where id = ${id}`;
