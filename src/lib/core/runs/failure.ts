/** Reasons that providers give in words of their own, and what helps. */
const causes: [sign: RegExp, advice: string][] = [
	[
		/safety|moderation|usage polic|content polic/i,
		'The training is done and the provider keeps the model back: what the examples teach goes against its rules. Look for answers about violence, self-harm, hate, sex or medicine and law without care, take them out, and train again; or train the same examples at another provider.'
	],
	[
		/control token|special token|<\|[a-z_]+\|>/i,
		'Some examples have signs with which models begin or end a turn. The checklist names them under “Turns and tools”; take the signs out, and train again.'
	],
	[
		/out of memory|\boom\b/i,
		'It was too much for the provider’s machine. Train again with a smaller batch size, or with shorter examples.'
	]
];

/** The provider's reason for a failure and, where it is one of those we know, what to do about it. */
export const withAdvice = (reason: string): string => {
	const advice = causes.find(([sign]) => sign.test(reason))?.[1];
	return advice ? `${/[.!?]$/.test(reason) ? reason : `${reason}.`} ${advice}` : reason;
};
