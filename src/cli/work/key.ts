import type { ProviderId } from '../../lib/contract/providers.ts';
import { providerFacts } from '../../lib/contract/providers.ts';
import type { key } from '../commands/key.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { credentialsFile, keyNames, readCredentials, writeCredentials } from '../files/credentials.ts';
import { nearest } from '../parse.ts';
import { readKeys } from '../terminal/keys.ts';
import type { Io } from '../terminal/io.ts';
import { readAll } from '../terminal/read-all.ts';

/** Typed without being shown. */
const typedSecret = async (io: Io, question: string): Promise<string> => {
	io.stderr.write(question);
	const keys = readKeys(io);
	let text = '';
	try {
		for (let key = await keys.next(); key !== null && key !== 'enter'; key = await keys.next()) {
			if (key === 'ctrl-c') throw new Failure('No key was kept.');
			text = key === 'backspace' ? text.slice(0, -1) : text + key;
		}
	} finally {
		keys.close();
		io.stderr.write('\n');
	}
	return text.trim();
};

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
	const text = io.stdin.isTTY
		? await typedSecret(io, `Key of ${name} (not shown): `)
		: (await readAll(io.stdin)).trim();
	if (text === '' || /\s/.test(text))
		throw new Failure('That is no key: it is empty, or has blanks in it.', `ait key ${provider}`);
	writeCredentials(io, { ...credentials, keys: { ...others, [provider]: text } });
	say.line(`Kept the key of ${name} in ${credentialsFile(io)}.`);
	say.line('Next: ait doctor tries it');
	say.json({ provider, kept: true });
};
