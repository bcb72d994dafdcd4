import type { ProviderId } from '../../lib/contract/providers.ts';
import { providerFacts } from '../../lib/contract/providers.ts';
import type { key } from '../commands/key.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { credentialsFile, keyNames, readCredentials, writeCredentials } from '../files/credentials.ts';
import { nearest } from '../parse.ts';
import { readSecret } from '../terminal/secret.ts';

export const deed: Deed<typeof key> = async ({ io, say, args: [named], flags }) => {
	const known = Object.keys(keyNames);
	if (!known.includes(named!)) {
		const meant = nearest(named!, known);
		throw new Failure(`"${named}" is no provider with a key.`, `ait key ${meant ?? known[0]}`, 'usage');
	}
	const provider = named as ProviderId;
	const { name } = providerFacts[provider];
	const credentials = readCredentials(io);
	const { [provider]: _, ...others } = credentials.keys ?? {};
	if (flags.forget) {
		writeCredentials(io, { ...credentials, keys: others });
		say.line(`Forgot the key of ${name}.`);
		say.json({ provider, kept: false });
		return;
	}
	const text = await readSecret(io, `Key of ${name} (not shown): `, `ait key ${provider}`);
	writeCredentials(io, { ...credentials, keys: { ...others, [provider]: text } });
	say.line(`Kept the key of ${name} in ${credentialsFile(io)}.`);
	say.aside('Next: ait doctor tries it');
	say.json({ provider, kept: true });
};
