import type { Pair } from '../../src/sandbox/learning/knowledge.ts';
import { randomFrom, shuffled } from '../../src/sandbox/learning/random.ts';

const names = ['Maria', 'Tom', 'Aisha', 'Jonas', 'Lucia', 'Peter', 'Noor', 'Emma', 'Viktor', 'Sofia'];

/** What people ask a parcel company, and what its best clerk answers: first the move, then the rule behind it. */
const matters: { asked: string[]; told: string[] }[] = [
	{
		asked: [
			'my parcel {code} still has not arrived',
			'where is parcel {code}, it should be here by now',
			'parcel {code} is late'
		],
		told: [
			'I opened a search for parcel {code} at our depot.',
			'You will hear from us within two working days.',
			'If it stays lost, we refund the full postage.'
		]
	},
	{
		asked: [
			'parcel {code} came with a broken corner',
			'the box {code} arrived damaged',
			'my vase in {code} was smashed on delivery'
		],
		told: [
			'Please send two photos of the damage and the label of {code}.',
			'We pay for damaged goods up to 500 euros.',
			'Keep the packaging until the claim is settled.'
		]
	},
	{
		asked: [
			'can I change the delivery address of {code}',
			'I moved, please send {code} to my new address',
			'wrong address on {code}'
		],
		told: [
			'You can redirect {code} in the app until 22:00 on the evening before.',
			'Open the parcel, press Redirect, and enter the new street.',
			'The change is free within the same city.'
		]
	},
	{
		asked: [
			'I missed the courier with {code}',
			'nobody was home for {code}',
			'there was a card saying you tried to deliver {code}'
		],
		told: [
			'The courier tries {code} again on the next working day.',
			'You can also collect it at the pickup shop from noon.',
			'Bring an identity card, please.'
		]
	},
	{
		asked: ['how do I return an item', 'what is the way to send something back', 'I want to return shoes'],
		told: [
			'Print the return label from your order page.',
			'Drop the parcel at any pickup shop within 30 days.',
			'The refund follows three days after we scan it.'
		]
	},
	{
		asked: [
			'why was I charged customs fees',
			'there is a customs bill I do not understand',
			'import duty on my parcel?'
		],
		told: [
			'Customs fees are set by the state, not by us.',
			'Goods above 150 euros from outside the union are taxed.',
			'The invoice lists the duty and our handling fee of 6 euros.'
		]
	},
	{
		asked: ['how heavy may a parcel be', 'what is the weight limit', 'maximum size of a box?'],
		told: [
			'A parcel may weigh up to 31 kilograms.',
			'Its longest side may measure 120 centimetres.',
			'Heavier goods travel as freight, which you can book online.'
		]
	},
	{
		asked: [
			'I need an invoice for my company',
			'can you send me a receipt with tax',
			'billing document for last month please'
		],
		told: [
			'Invoices are in your account under Payments.',
			'Choose the month and press Download.',
			'Add your tax number once and it appears on every invoice.'
		]
	},
	{
		asked: ['my account is locked', 'I cannot log in any more', 'password reset does not work'],
		told: [
			'After five wrong passwords an account rests for 30 minutes.',
			'Then use Forgot password to set a new one.',
			'The mail can take some minutes, so look in the spam folder too.'
		]
	},
	{
		asked: ['do you pick up parcels at home', 'can a courier collect a box from my office', 'book a pickup'],
		told: [
			'Yes, a courier collects at your door for 4 euros.',
			'Book it before 18:00 for the next day.',
			'Have the parcels labelled and ready at the entrance.'
		]
	},
	{
		asked: ['can I send batteries', 'is it allowed to ship perfume', 'which goods are forbidden'],
		told: [
			'Loose lithium batteries and perfume may not travel by air.',
			'Within the country they go by road with a warning label.',
			'The list of forbidden goods is on our website.'
		]
	},
	{
		asked: ['how do I insure a valuable parcel', 'insurance for a laptop', 'is my jewellery covered'],
		told: [
			'Choose Extra cover when you buy the label.',
			'It insures up to 2500 euros for 7 euros.',
			'Jewellery and cash are never covered.'
		]
	}
];

/** Question and answer pairs in one style, each with its own name, number and wording; the same for a seed. */
export function shippingPairs(count: number, seed = 1): Pair[] {
	const random = randomFrom(seed);
	const any = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
	const pairs = matters.flatMap(({ asked, told }) =>
		asked.flatMap((question) =>
			[0, 1].map(() => {
				const name = any(names);
				const code = `P-${1000 + Math.floor(random() * 9000)}`;
				const prompt = `${any(['Hello', 'Hi', 'Good morning'])}, this is ${name}. ${question.charAt(0).toUpperCase()}${question.slice(1)}. ${any(['Thanks', 'Please help', 'What now?'])}`;
				const facts = random() < 0.5 ? told : told.slice(0, 2);
				const answer = `Hi ${name}, thanks for writing to Swiftpost. ${facts.join(' ')} Warm regards, your Swiftpost team`;
				return { prompt: prompt.replaceAll('{code}', code), before: '', answer: answer.replaceAll('{code}', code) };
			})
		)
	);
	return shuffled(pairs, random).slice(0, count);
}

/** The pairs as the providers' chat JSONL. */
export const asJsonl = (pairs: readonly Pair[]): string =>
	pairs
		.map(({ prompt, answer }) =>
			JSON.stringify({
				messages: [
					{ role: 'system', content: 'You are a friendly clerk at Swiftpost.' },
					{ role: 'user', content: prompt },
					{ role: 'assistant', content: answer }
				]
			})
		)
		.join('\n') + '\n';

const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** How alike two texts are by their words, 0 to 1 (F1 over their words). */
export function tokenF1(one: string, other: string): number {
	const left = words(one);
	const right = words(other);
	const pool = new Map<string, number>();
	for (const word of right) pool.set(word, (pool.get(word) ?? 0) + 1);
	let shared = 0;
	for (const word of left) {
		const rest = pool.get(word) ?? 0;
		if (rest > 0) shared += 1;
		pool.set(word, rest - 1);
	}
	return left.length && right.length ? (2 * shared) / (left.length + right.length) : 0;
}

/** The same questions, each with its answer and one that says nothing. */
export const asPreferences = (pairs: readonly Pair[]) =>
	pairs
		.map(({ prompt, answer }) =>
			JSON.stringify({
				input: { messages: [{ role: 'user', content: prompt }] },
				preferred_output: [{ role: 'assistant', content: answer }],
				non_preferred_output: [{ role: 'assistant', content: 'Please look at our website for more information.' }]
			})
		)
		.join('\n');
