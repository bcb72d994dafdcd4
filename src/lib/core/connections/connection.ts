import * as v from 'valibot';
import { Name } from '../team/fields.ts';

const Provider = v.picklist(['sandbox', 'together', 'openai', 'openai-compatible'], 'Choose a provider');

/** What a key looks like to us: one line without spaces. Whether it is right, only the provider knows. */
const KeyText = v.pipe(
	v.string('Paste the key'),
	v.trim(),
	v.maxLength(500, 'A key has at most 500 characters'),
	v.regex(/^[\x21-\x7e]*$/, 'A key is one line of letters, digits and signs; paste it without spaces')
);

const BaseUrl = v.pipe(
	v.string(),
	v.trim(),
	v.maxLength(500, 'A base URL has at most 500 characters'),
	v.check(
		(text) => text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)),
		'Give the address of the API, like https://models.example.com/v1'
	),
	v.check((text) => {
		if (!URL.canParse(text)) return true;
		const { username, password, search, hash } = new URL(text);
		return !username && !password && !search && !hash;
	}, 'Give the address alone; a key belongs into the key field')
);

/** The providers whose key cannot be left out. A server of one's own may have none, and the sandbox needs none. */
export const needsKey = (provider: string) => provider === 'together' || provider === 'openai';

/** A connection to be made or only tried. Flat, because forms are flat. */
export const NewConnection = v.pipe(
	v.object({
		provider: Provider,
		name: v.optional(v.union([Name, v.literal('')]), ''),
		baseUrl: v.optional(BaseUrl, ''),
		key: v.optional(KeyText, '')
	}),
	v.forward(
		v.check(({ provider, key }) => !needsKey(provider) || key !== '', 'Paste the key'),
		['key']
	),
	v.forward(
		v.check(
			({ provider, baseUrl }) => provider !== 'openai-compatible' || baseUrl !== '',
			'Give the address of the API, like https://models.example.com/v1'
		),
		['baseUrl']
	)
);
export type NewConnection = v.InferOutput<typeof NewConnection>;

export const NewKey = v.object({ key: v.pipe(KeyText, v.minLength(1, 'Paste the new key')) });

/** All that is ever shown of a key. A short one shows nothing: four of eight characters would be half of it. */
export const keyHint = (key: string) => (key.length >= 12 ? key.slice(-4) : '');
