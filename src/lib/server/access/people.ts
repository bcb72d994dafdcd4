import { RenamePerson } from '../../contract/account.ts';
import { nameFrom, normalEmail } from '../../core/account/email.ts';
import { plainPool } from '../platform/db/pools.ts';
import { command } from './operation.ts';

/** The person with this address, made when it is their first time. The address has just been proved. */
export const personWith = async (email: string, name = nameFrom(email)): Promise<{ id: string; isNew: boolean }> => {
	const [person] = await plainPool()`select * from person_with(${normalEmail(email)}, ${name})`;
	return { id: person!.id, isNew: person!.is_new };
};

/** What the person is called from now on, in every team. */
export const renamePerson = command(RenamePerson, async ({ person }, { name }) => {
	await plainPool()`select rename_person(${person.id}, ${name})`;
});
