import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import { familiesOf, sayingsOf } from '../../../src/lib/core/examples/near.ts';

/** The conversations of a data set that comes with the app. */
export const conversationsOf = (set: string): Message[][] =>
	readFileSync(fileURLToPath(new URL(`../../../examples/${set}/examples.jsonl`, import.meta.url)), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line).messages);

export const dataSets = ['customer-support', 'code-review', 'domain-questions'];

const user = (content: string): Message => ({ role: 'user', content });
const said = (content: string): Message => ({ role: 'assistant', content });
const answer = said('Of course. We look into it and write to you within a day.');

/** The same question in other clothes: seven ways in which a prompt comes again. */
export const disguises: Record<string, (question: string, at: number) => Message[]> = {
	punctuation: (question) => [
		user(
			question
				.replace(/[.,!?;:]/g, '')
				.replaceAll(' ', '  ')
				.toUpperCase()
				.replace('A', 'A\u200b')
		),
		answer
	],
	'one word': (question, at) => {
		const words = question.split(' ');
		const place = 2 + (at % (words.length - 3));
		words[place] = ['really', 'maybe', 'please', 'today'][at % 4]!;
		return [user(words.join(' ')), answer];
	},
	typo: (question, at) => {
		const place = 5 + ((at * 13) % (question.length - 10));
		return [user(question.slice(0, place) + question[place + 1] + question[place] + question.slice(place + 2)), answer];
	},
	greeting: (question) => [user('Hello there!'), said('Hello, what can I do for you?'), user(question), answer],
	template: (question, at) => [
		user(`Order ${4000 + at * 37}. ${question} My name is ${['Ana', 'Bo', 'Cem', 'Dea'][at % 4]}.`),
		answer
	],
	longer: (question) => [user(question), answer, user('Thank you. And do you ship to Norway?'), said('Yes.')],
	quoted: (question) => [
		{
			role: 'system',
			content: `You answer customers. Here is how a good answer looks.\nQuestion: ${question}\nAnswer: We are on it.`
		},
		user('Can I pay in instalments?'),
		said('Yes, in three.')
	]
};

/** How many disguised prompts are told, of each kind, among all examples of the data sets; and who is taken for a twin besides. */
export const caught = () => {
	const own = dataSets.flatMap(conversationsOf);
	const questions = own
		.filter((messages) => messages.filter(({ role }) => role === 'user').length === 1)
		.map((messages) => messages.find(({ role }) => role === 'user')!.content)
		.map((content, place) => ({ content, place }))
		.filter(({ content }) => content.length >= 80 && !content.includes('```'));
	const step = Math.floor(questions.length / 20);
	const pairs = Object.entries(disguises).flatMap(([kind, disguise]) =>
		Array.from({ length: 20 }, (_, at) => {
			const { content } = questions[at * step]!;
			return { kind, content, messages: disguise(content, at) };
		})
	);
	const families = familiesOf([...own, ...pairs.map(({ messages }) => messages)].map(sayingsOf));
	const placeOf = (content: string) => own.findIndex((messages) => messages.some((turn) => turn.content === content));
	const isTold = (pair: (typeof pairs)[number], at: number) =>
		families[own.length + at] === families[placeOf(pair.content)];
	const told = Object.keys(disguises).map((kind) => ({
		kind,
		planted: pairs.filter((pair) => pair.kind === kind).length,
		caught: pairs.filter((pair, at) => pair.kind === kind && isTold(pair, at)).length
	}));
	const alone = familiesOf(own.map(sayingsOf));
	const twins = own.flatMap((messages, at) => (alone[at] === at ? [] : [{ one: own[alone[at]!]!, other: messages }]));
	return { told, twins, examples: own.length };
};
