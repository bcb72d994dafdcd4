import { command } from '../command.ts';

export const evaluate = command({
	name: 'eval',
	group: 'Judging',
	summary:
		'Judge a trained model on the validation set: score its answers, or compare it blind, on prompts of your own too',
	more: [
		'Without --compare each answer is shown beside the expected one and given 1 to 10. With it two answers lie side by side, one of the trained model and one of its base, nobody says which: a is the first, b the second, t a tie, x both bad. Votes are kept at once and go on where they were left; the reveal ends them.',
		"The verdict is the app's, by the same rules. Results are kept in data/evals. Answers are made once, and kept as they come.",
		'Validation too small? --compare --prompts takes the questions from a file instead: a line each, JSONL or CSV, as the pool of the app takes it. No answers are needed. What nearly asks the same as an example in train, or as what a run has learnt, is left out, and of questions that nearly ask the same one is asked.',
		'For scripts: --scores takes lines of {"exampleId", "score"}, --votes lines of {"exampleId", "choice": "first", "second", "tie" or "both_bad"}; --compare --generate --json gives both answers in the order that is meant. With --prompts "exampleId" is the line of the file.'
	],
	args: [{ name: 'run', words: 'v1, v2 and so on; the newest that is ready without it' }],
	flags: {
		compare: { kind: 'switch', words: 'Compare it blind with its base model' },
		prompts: { kind: 'text', value: 'file', words: 'Compare on the prompts of a file, not on the validation set' },
		reveal: { kind: 'switch', words: 'End a comparison with the votes there are' },
		serve: { kind: 'switch', words: 'Deploy the model while it answers, then stop it. It costs by the minute' },
		generate: { kind: 'switch', words: 'Only let it answer; judge later' },
		scores: { kind: 'text', value: 'file', words: 'Take the scores from a file' },
		votes: { kind: 'text', value: 'file', words: 'Take the votes from a file' },
		temperature: { kind: 'number', value: '0-2', words: 'How freely it answers', default: 0, min: 0, max: 2 },
		'max-tokens': {
			kind: 'number',
			value: 'n',
			words: 'The longest answer',
			default: 512,
			min: 16,
			max: 4096,
			isWhole: true
		},
		'exit-code': { kind: 'switch', words: 'End with 5 when the verdict is not SHIP IT' },
		yes: { kind: 'switch', short: 'y', words: 'Do not ask before deploying' }
	},
	examples: [
		{ run: 'ait eval --scores scores.jsonl', says: 'Scores from a file: the average, and how many could be sent.' },
		{ run: 'ait eval --compare --serve --yes', says: 'Deploys, lets both answer, stops, and asks you blind.' },
		{
			run: 'ait eval --compare --prompts prompts.txt --generate --serve --yes',
			says: 'Both answer the questions of a file; ait eval --compare --prompts prompts.txt then asks you blind.'
		},
		{ run: 'ait eval --compare --votes votes.jsonl --exit-code', says: 'A gate in CI: goes on only with SHIP IT.' }
	]
});
