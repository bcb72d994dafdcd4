import { dayWords } from './retirement.ts';

/** The documented ends of OpenAI's training: from the first day on no new job is taken, on the second what can be trained is switched off. */
export const openaiEnds = { orders: '2027-01-06', models: '2027-01-14' } as const;

/** Whether OpenAI still takes training orders of whoever may place them, and what a person should know of it. */
export const openaiTraining = (now: Date): { isOver: boolean; note: string } =>
	now.getTime() >= Date.parse(openaiEnds.orders)
		? {
				isOver: true,
				note: `OpenAI takes no new training orders since ${dayWords(openaiEnds.orders)}. Its models can still be compared and asked in the playground. Move to another connection to train the same examples.`
			}
		: {
				isOver: false,
				note: `OpenAI is closing its training: new jobs end on ${dayWords(openaiEnds.orders)}, tuned models on ${dayWords(openaiEnds.models)}. Whether this account may still train shows only when a run is started.`
			};
