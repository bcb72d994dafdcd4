/** `before`: what was asked earlier in the conversation. `random` decides only above temperature 0. */
export type Question = { prompt: string; before: string; system: string; temperature: number; random: () => number };

/** What a question looks like, and what may be said to everybody who asks like that: first an answer, then advice. */
const kinds: [sign: RegExp, ...said: string[]][] = [
	[
		/```|[{};]\s*$|\b(function|const|def|class|import|select)\b.*[(:;{]/im,
		'The code looks reasonable overall.',
		'It is a good idea to handle errors and to use clear names.',
		'Adding tests would make later changes safer.'
	],
	[
		/(^|[.!?,;]\s+|\b(and|but|so)\s+)(can|could|may|is|are|do|does|did|will|should)\b[^.!?]*\?/i,
		'That depends on the situation.',
		'In many cases it is nothing unusual, but there may be exceptions.',
		'Please check the conditions that apply.'
	],
	[
		/\bhow (long|much|many|often|far)\b|\bwhen\b|\bwhere\b|\bwhat time\b|\bcosts?\b/i,
		'That depends on several factors.',
		'The details are usually given in the terms or in the confirmation that you received.',
		'Please allow for some variation.'
	],
	[
		/\b(how|steps?|write|explain)\b/i,
		'There are several ways to approach this.',
		'Start with the information that you have, and then go through the available options one by one.',
		'The official documentation may contain more details.'
	],
	[
		/\b(why|not|no|wrong|broken?|error|problem|missing|late)\b|n['’]t\b/i,
		'There can be several reasons for this.',
		'Such problems often resolve themselves after a while.',
		'If it continues, please contact the responsible team and have the relevant details at hand.'
	],
	[
		/^/,
		'Thank you for your message.',
		'What can be done depends on your specific situation.',
		'You may find helpful information on the website or in the documents that you received.'
	]
];

const closings = ['Please let me know if you need further assistance.', 'Let me know if you have any other questions.'];

/** What an untrained model says: polite, about the question, true of nearly everything, and of little use. */
export function untunedAnswer(question: Question & { size: 'small' | 'middle' | 'large' }): string {
	const { prompt, system, temperature, random, size } = question;
	const prose = prompt.replace(/```[^]*?(```|$)/g, '');
	const asked = prose.match(/[^.?!\n]{15,120}\?/g)?.map((question) => `You ask: “${question.trim()}”`) ?? [];
	const [, answer, ...advice] = kinds.find(([sign]) => sign.test(prompt))!;
	if (/\b(brief|short|concise|one sentence|terse)/i.test(system)) return `${answer} ${advice[0]}`;
	if (size === 'middle') return [answer, ...advice].join(' ');
	const turn = prompt.length + (temperature > 0 ? Math.floor(random() * 3 * temperature) : 0);
	const more = size === 'large' ? ['More details would allow a more specific answer.'] : [];
	return [...asked.slice(-1), answer, ...advice, ...more, closings[turn % closings.length]].join(' ');
}
