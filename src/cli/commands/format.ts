import { providerIds } from '../../lib/contract/providers.ts';
import { command } from '../command.ts';

export const format = command({
	name: 'format',
	group: 'Training',
	summary: 'Write data/train.jsonl and data/val.jsonl, checked, as the provider trains on them',
	more: [
		"What is good and in train, and what is in validation: the rewrite in place of the answer it improves, the project's system prompt where an example brings none, tools and weights as they are. The same bytes that ait train sends.",
		'What the provider would refuse is named, and nothing is written (exit code 3).'
	],
	quietly: 'nothing',
	flags: {
		provider: {
			kind: 'choice',
			of: providerIds,
			words: "For whom, if not the project's"
		},
		preference: {
			kind: 'switch',
			words:
				'Also write data/preference.jsonl, as ait train --method dpo takes it: each rewrite in train preferred to the answer it improves, unless it is rated below the threshold'
		}
	},
	examples: [
		{ run: 'ait format', says: 'Both files, and how many examples they have.' },
		{ run: 'ait format --provider openai --preference --json', says: 'For OpenAI, with preference pairs.' }
	]
});
