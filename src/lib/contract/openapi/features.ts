import { may } from '../../core/permissions.ts';
import { keyRoles } from '../../core/keys/rules.ts';
import type { Operation } from '../operation.ts';
import { type RestRow, documented } from '../rest.ts';

type Words = { title: string; text: string };

/** What the features are called where people read about them. One that is missing here is called by its own word. */
const words: Record<string, Words> = {
	keys: { title: 'Key', text: 'Which team a key opens, as what, and until when: the first thing to ask.' },
	tokens: {
		title: 'Personal tokens',
		text: 'A program acts as a person, once that person has said so in the browser.'
	},
	team: { title: 'Team', text: 'What everything belongs to.' },
	connections: {
		title: 'Connections',
		text: 'A provider with the team’s key for it. Owners make and change them in the app; scripts see which there are and what models they open.'
	},
	project: {
		title: 'Projects',
		text: 'A goal: a base model, a system prompt and the examples that are to change it. Where an address says {project}, its slug stands: what the address of its pages has.'
	},
	examples: {
		title: 'Examples',
		text: 'A conversation whose last answer is to be learnt. Bring them in one by one or as a file, look through them, take them out again with all they have.'
	},
	prompts: {
		title: 'Prompts',
		text: 'The pool: questions without answers, which models are asked in comparisons and never learn. What a model has learnt, or asks nearly the same as that, is named and left out.'
	},
	ratings: {
		title: 'Ratings',
		text: 'Scores from 1 to 10, and better answers in place of those that are not good enough.'
	},
	splits: {
		title: 'Splits',
		text: 'Which examples train, and which are locked away to measure. No example ever does both.'
	},
	runs: { title: 'Runs', text: 'One training: what was sent, how far it is, what it cost, what came out.' },
	servings: {
		title: 'Servings',
		text: 'A trained model made callable for a while. It is billed by the minute until it is stopped.'
	},
	evaluations: {
		title: 'Evaluations',
		text: 'Two models answer the same prompts, people compare the answers blind, and the votes give a verdict.'
	},
	playground: {
		title: 'Playground',
		text: 'Who can be asked, and which of two answers people liked better. The answers themselves come from `POST /chat`, word by word.'
	},
	budget: {
		title: 'Budget',
		text: 'What a project may spend in a month, and what it has spent. Owners set it in the app.'
	},
	activity: { title: 'Activity', text: 'What has happened, and how far a project is.' },
	webhooks: { title: 'Webhooks', text: 'Your own server is told when something has happened.' }
};

export type Feature = Words & { id: string; rows: RestRow[] };

export const featureOf = ({ name }: Operation): string => name.split('.')[0]!;
/** The second word of an operation's name: its place on the page of its feature. */
export const verbOf = ({ name }: Operation): string => name.split('.')[1]!;

/** The features that scripts can reach, in the order of the table, each with its rows. */
export const restFeatures: readonly Feature[] = [
	...new Set(documented.map(({ operation }) => featureOf(operation)))
].map((id) => ({
	id,
	...(words[id] ?? { title: id.slice(0, 1).toUpperCase() + id.slice(1), text: '' }),
	rows: documented.filter(({ operation }) => featureOf(operation) === id)
}));

/** Who may ask for it, in a sentence. */
export const forWhom = ({ action, within }: Operation): string =>
	within === 'visitor' || action === null
		? 'It needs no key.'
		: `For keys of the role ${keyRoles.filter((role) => may(role, action)).join(' or ')}.`;
