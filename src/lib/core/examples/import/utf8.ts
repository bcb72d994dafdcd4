const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** What a decoder puts where the bytes are no character; a text may also hold it rightly. */
const stray = '\ufffd';

/** Bytes as text, whatever they are. Nothing is thrown: a file can have a million bad lines. */
export const decoded = (bytes: Uint8Array): string => decoder.decode(bytes);

/** May this text come from bytes that were not UTF-8? Then `isFaithful` knows. */
export const isDoubtful = (text: string): boolean => text.includes(stray);

/** Whether the text says exactly what the bytes say. */
export const isFaithful = (text: string, bytes: Uint8Array): boolean => {
	if (!isDoubtful(text)) return true;
	const again = encoder.encode(text);
	return again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
};
