/** What is wrong with the text of a key, in a sentence; null: it can be one. Whether it is right, only the provider knows. */
export const keyProblem = (text: string): string | null =>
	/^[\x21-\x7e]*$/.test(text) ? null : 'A key is one line of letters, digits and signs; paste it without spaces';

/** What is wrong with the address of an API, in a sentence. Whether it may be called is asked when it is. */
export const addressProblem = (text: string): string | null => {
	if (!URL.canParse(text) || !/^https?:/.test(new URL(text).protocol))
		return 'Give the address of the API, like https://models.example.com/v1';
	const { username, password, search, hash } = new URL(text);
	return username || password || search || hash ? 'Give the address alone; a key belongs into the key field' : null;
};

/** All that is ever shown of a key. A short one shows nothing: four of eight characters would be half of it. */
export const keyHint = (key: string) => (key.length >= 12 ? key.slice(-4) : '');
