import { detailsOf } from './details.ts';
import { phrasesOf } from './phrases.ts';
import { digestOf } from './random.ts';
import { sentences } from './words.ts';

export type BlandQuestion = {
	prompt: string;
	system: string;
	temperature: number;
	random: () => number;
	size: 'small' | 'middle' | 'large';
};

const kinds = [
	['code', /```|[{};]\s*$|\b(function|const|def|class|import|return|select)\b.*[(:;{]|\bcode review\b/im],
	['task', /^\s*(please\s+)?(write|draft|make|create|give|list|summari[sz]e|translate|explain|rewrite)\b/i],
	[
		'amount',
		/\bhow (long|much|many|often|far|big|heavy|late|soon)\b|\bwhen (will|do|does|is|are|can)\b|\buntil (what|when)\b/i
	],
	['how', /\bhow (do|can|to|does|should|would)\b|\bsteps?\b|\bset up\b|\binstall/i],
	['why', /\bwhy\b|\breason\b|\bcause/i],
	['choice', /\bwhich\b|\bbetter\b|\bshould i\b|\bcompare\b|\bdifference\b|\brecommend/i],
	['permission', /\b((can|could|may|would) (i|we|you|they|my|the|a|an)|do (i|we|you))\b/i],
	['whether', /(^|[.!?,;]\s+|\b(and|but|so)\s+)(is|are|will|does|did|was) \p{L}+/iu],
	[
		'trouble',
		/\bnot\b|n['’]t\b|\bno\b|\bbroken?\b|\berror\b|\bproblem\b|\blate\b|\bwrong\b|\bfail|\bmissing\b|\blost\b|\bstop(s|ped)?\b/i
	],
	['open', /./s]
] as const;

type Kind = (typeof kinds)[number][0];

/** `{it}` is the thing with its article, or `this`; `{about}` and `{to}` are left out where no thing was found. */
const openings: Record<Kind, string[]> = {
	code: ['The code looks reasonable overall.', 'This is a common piece of code.'],
	task: ['Here are a few general points{about}.', 'Here is a short text{about}.'],
	amount: ['This can vary.', 'That depends on several factors.'],
	how: ['There are several ways to approach this.', 'Here is some general information.'],
	why: ['There can be several reasons for this.', 'There are a few possible causes to consider.'],
	choice: ['The right choice depends on your needs and your budget.', 'Each option has advantages and disadvantages.'],
	permission: [
		'In many cases this is possible, but it depends on the conditions that apply{to}.',
		'Whether this is possible usually depends on the terms that apply{to}.'
	],
	whether: ['That depends on the situation.', 'It is hard to say in general.'],
	trouble: [
		'I am sorry to hear about the trouble with {it}.',
		'It is understandable that you are concerned about {it}.'
	],
	open: ['Thank you for your message{about}.', 'Thank you for getting in touch{about}.']
};

const bodies: Record<Kind, string[]> = {
	code: [
		'It is a good idea to handle errors and to use clear names.',
		'Adding tests would make later changes safer.',
		'Performance is usually not a concern unless there is a lot of data.'
	],
	task: [
		'It is an important subject, and there are several aspects to consider.',
		'Much depends on the context and on the people involved.',
		'In summary, it is worth looking at the details carefully.'
	],
	amount: [
		'The details are usually given in the terms, in the documentation or in the confirmation that you received.',
		'It is often a matter of a few days or of a moderate amount, but there are exceptions.',
		'Please allow for some variation.'
	],
	how: [
		'Start by checking the information that you received{about}, and then go through the available options one by one.',
		'If a step does not work, try it again and note what happens.',
		'The official documentation may contain more details.'
	],
	why: [
		'Typical causes are the settings, the circumstances or a simple mistake.',
		'Looking at what changed recently around {it} can help to find the reason.',
		'It is not possible to be certain without more details.'
	],
	choice: [
		'Consider the price, the quality and how often you will use {it}.',
		'Reading reviews and comparing a few options can help.',
		'There is no single answer that is right for everyone.'
	],
	permission: [
		'Please check the information on the website or in the documents that you received.',
		'If you are not sure, the responsible team can tell you more{about}.',
		'Some restrictions may apply.'
	],
	whether: [
		'In most cases it is nothing unusual, but there are exceptions.',
		'You may find more information{about} on the website or in the documents that you received.',
		'A specialist could tell you more.'
	],
	trouble: [
		'Such problems can happen for a number of reasons, and they often resolve themselves after a while.',
		'If it continues, please contact the responsible team and have the relevant details at hand.',
		'Checking everything once more can also help.'
	],
	open: [
		'What can be done depends on your specific situation.',
		'You may find helpful information on the website or in the documents that you received.',
		'There are usually several options.'
	]
};

const closings = [
	'Please let me know if you need further assistance.',
	'Let me know if you have any other questions.',
	'More details would allow a more specific answer.'
];

/** The thing that is asked about, with an article in front: what the question itself names, else what comes first. */
function subjectOf(prompt: string): string | undefined {
	const { names, codes } = detailsOf(prompt);
	const own = [...names, ...codes].map((each) => each.toLowerCase());
	const list = sentences(prompt).slice(0, 6);
	for (const { text } of [...list.filter((each) => each.text.endsWith('?')), ...list]) {
		const phrases = phrasesOf(text).filter((each) => !own.some((name) => each.text.toLowerCase().includes(name)));
		const longest = Math.max(...phrases.map((each) => each.text.split(' ').length));
		const found = phrases.find((each) => each.text.split(' ').length === longest);
		if (found) return `the ${found.text}`;
	}
	return undefined;
}

/** What an untrained model says: polite, on the subject, true of nearly everything, and of little use. */
export function blandAnswer(question: BlandQuestion): string {
	const subject = subjectOf(question.prompt);
	const kind = kinds.find(([, sign]) => sign.test(question.prompt))?.[0] ?? 'open';
	const turn =
		digestOf(question.prompt) +
		(question.temperature > 0 ? Math.floor(question.random() * 3 * question.temperature) : 0);
	const pick = <T>(list: readonly T[]) => list[turn % list.length]!;
	const brief = /\b(brief|short|concise|one sentence|terse)/i.test(question.system);

	const body = bodies[kind].slice(0, brief ? 1 : question.size === 'large' ? 3 : 2);
	const whole = question.size === 'middle' ? body : [pick(openings[kind]), ...body, ...(brief ? [] : [pick(closings)])];
	// named once, as people do; after that it is `this`
	let isNamed = false;
	return whole.join(' ').replace(/\{(it|about|to)\}/g, (_, place: string) => {
		const named = subject !== undefined && !isNamed;
		isNamed ||= named;
		if (place === 'it') return named ? subject! : 'this';
		return named ? ` ${place} ${subject}` : '';
	});
}
