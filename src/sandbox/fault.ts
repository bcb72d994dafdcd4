/** Every failure that can be asked for, and what it does. */
export const faultWords = {
	'404': 'Nothing of this name is known.',
	'429': 'Asks for a pause of a second.',
	'429-long': 'Asks for a pause of an hour.',
	'500': 'Something broke, before anything was done.',
	'503': 'There is no capacity, and nothing was done.',
	cut: 'Does the work and ends the connection before the answer, or in the middle of a stream.',
	slow: 'Answers after five seconds.',
	hang: 'Does the work and never answers, or stops in the middle of a stream.',
	garbled: 'Does the work and answers with a page, as a proxy does.',
	'stream-error': 'Says in the middle of a stream that it failed.'
} as const;
export type Fault = keyof typeof faultWords;
export const faults = Object.keys(faultWords) as Fault[];
