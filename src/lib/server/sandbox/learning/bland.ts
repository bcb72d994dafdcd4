import { detailsOf } from './details.ts';
import { digestOf } from './random.ts';
import { sentences, topicsOf } from './words.ts';

export type BlandQuestion = {
	prompt: string;
	system: string;
	temperature: number;
	random: () => number;
	size: 'small' | 'middle' | 'large';
};

const kinds = [
	['code', /```|[{};]\s*$|\b(function|const|def|class|import|return|select)\b.*[(:;{]|\bcode review\b/im],
	['how', /\bhow\b|\bsteps?\b|\bset up\b|\binstall/i],
	['why', /\bwhy\b|\breason\b|\bcause/i],
	['choice', /\bor\b.*\?|\bwhich\b|\bbest\b|\bshould i\b|\bcompare\b/i],
	['trouble', /\bnot\b|n['’]t\b|\bbroken\b|\berror\b|\bproblem\b|\blate\b|\bwrong\b|\bfail/i],
	['task', /^\s*(write|draft|make|create|give|list|summari[sz]e|translate|explain|rewrite)\b/i],
	['open', /./s]
] as const;

type Kind = (typeof kinds)[number][0];

const openings: Record<Kind, string[]> = {
	code: ['The code looks reasonable overall.', 'This is a common piece of code.'],
	how: ['There are several ways to approach {a}.', 'Here is some general information about {a}.'],
	why: ['There can be several reasons for {a}.', 'The cause of {a} can vary.'],
	choice: [
		'Both the advantages and the disadvantages of {a} matter here.',
		'The right choice for {a} depends on the situation.'
	],
	trouble: ['Problems with {a} can happen for a number of reasons.', 'It is understandable that {a} is a concern.'],
	task: ['Here is some text about {a}.', 'Here are a few points about {a}.'],
	open: ['Thank you for your message about {a}.', 'Here is some general information about {a}.']
};

const bodies: Record<Kind, string[]> = {
	code: [
		'It is a good idea to check the handling of errors and to use clear names for {a}.',
		'Adding tests for {b} would make changes safer.',
		'Performance is usually not a concern unless there is a lot of data.'
	],
	how: [
		'It usually helps to start by checking the details of {a} and then to go through the available options one by one.',
		'Look for the settings or documentation that deal with {b}.',
		'If a step does not work, try it again and note what happens.'
	],
	why: [
		'Typical reasons are the settings, the circumstances, or a simple mistake related to {b}.',
		'Looking at what changed recently around {a} can help to find the reason.',
		'It is not possible to be certain without more details.'
	],
	choice: [
		'Consider the cost, the effort, and how important {b} is to you.',
		'Many people decide by comparing a few options for {a} side by side.',
		'There is no single answer that is right for everyone.'
	],
	trouble: [
		'It is recommended to check the information about {a} again and to wait a little if it is recent.',
		'If {b} is affected as well, contacting the responsible team may help.',
		'Please keep any relevant details at hand.'
	],
	task: [
		'{A} is an important subject, and there are several aspects to consider.',
		'One aspect is {b}, which depends on the context.',
		'In summary, {a} should be looked at carefully.'
	],
	open: [
		'In general, the best way to deal with {a} depends on your specific situation.',
		'You may want to look at the available information about {b}.',
		'There are usually several options to consider.'
	]
};

const closings = [
	'Please provide more information if you need further assistance.',
	'Let me know if you have any other questions.',
	'More details would allow a more specific answer.'
];

/** What an untrained model says: polite, on the subject, true of nearly everything, and of little use. */
export function blandAnswer(question: BlandQuestion): string {
	const { names, codes } = detailsOf(question.prompt);
	const own = new Set([...names, ...codes].map((each) => each.toLowerCase()));
	const beginning = sentences(question.prompt)
		.slice(0, 6)
		.map((each) => each.text)
		.join('\n');
	const [first = 'this', second = 'the situation'] = topicsOf(beginning)
		.filter((topic) => !own.has(topic.toLowerCase()))
		.sort((a, b) => b.split(' ').length - a.split(' ').length);
	const kind = kinds.find(([, sign]) => sign.test(question.prompt))?.[0] ?? 'open';
	const turn =
		digestOf(question.prompt) +
		(question.temperature > 0 ? Math.floor(question.random() * 3 * question.temperature) : 0);
	const pick = <T>(list: readonly T[]) => list[turn % list.length]!;
	const brief = /\b(brief|short|concise|one sentence|terse)/i.test(question.system);
	// A capital at the very beginning says nothing; anywhere else it is a name.
	const beginsWith = (topic: string) => question.prompt.trimStart().startsWith(topic);
	const lower = (topic: string) => (beginsWith(topic) ? topic.charAt(0).toLowerCase() + topic.slice(1) : topic);
	const upper = (topic: string) => topic.charAt(0).toUpperCase() + topic.slice(1);

	const body = bodies[kind].slice(0, brief ? 1 : question.size === 'large' ? 3 : 2);
	const whole = question.size === 'middle' ? body : [pick(openings[kind]), ...body, ...(brief ? [] : [pick(closings)])];
	return whole
		.join(' ')
		.replaceAll('{a}', lower(first))
		.replaceAll('{A}', upper(first))
		.replaceAll('{b}', lower(second));
}
