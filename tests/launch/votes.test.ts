import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contentText, promptText } from '../../src/lib/core/examples/fingerprint.ts';
import { chatLine } from '../../src/lib/core/examples/formats/training.ts';
import { parseLine } from '../../src/lib/core/examples/import/parse.ts';
import { planSplit } from '../support/data/split-plan.ts';
import { isBothBad, lossesOf, scoreOf, scoresFrom } from '../../src/lib/core/evaluations/scores.ts';
import { singleTally } from '../../src/lib/core/evaluations/tally.ts';
import { judge } from '../../src/lib/core/evaluations/verdict.ts';
import { sha256 } from '../../src/lib/server/platform/crypto.ts';
import { pairsOf } from '../../src/sandbox/dataset.ts';
import { knowledgeOf } from '../../src/sandbox/learning/knowledge.ts';
import { tunedAnswer } from '../../src/sandbox/learning/tuned.ts';
import { untunedAnswer } from '../../src/sandbox/learning/untuned.ts';

type Example = Extract<ReturnType<typeof parseLine>, { ok: true }>;
type Vote = { prompt: string; votes: ('tuned' | 'base' | 'tie' | 'both_bad')[]; read: string };

const linesIn = async (name: string) => {
	const text = await readFile(new URL(`../../examples/customer-support/${name}`, import.meta.url), 'utf8');
	return text.trim().split('\n');
};
const examples = (await linesIn('examples.jsonl')).map((line, at) => parseLine(line, at + 1) as Example);
const votes = (await linesIn('votes.jsonl')).map((line) => JSON.parse(line) as Vote);

const idOf = ({ messages }: Example) => sha256(contentText(messages)).toString('hex');
const { moves } = planSplit({
	examples: examples.map((example) => ({
		id: idOf(example),
		rating: example.rating,
		split: 'unassigned',
		group: sha256(promptText(example.messages)).toString('hex'),
		trained: false
	})),
	ratio: 0.8,
	seed: 1,
	threshold: 8
});
const sides = new Map(moves.map(({ id, to }) => [id, to]));
const side = (name: 'train' | 'validation') => examples.filter((example) => sides.get(idOf(example)) === name);
const keyOf = ({ messages }: Example) => promptText(messages).trim();

test('there are two votes on every held-out prompt, and on no other', () => {
	expect(votes.map(({ prompt }) => prompt).toSorted()).toEqual(side('validation').map(keyOf).toSorted());
	for (const { votes: said, prompt } of votes) {
		expect(said, prompt).toHaveLength(2);
		for (const vote of said) expect(['tuned', 'base', 'tie', 'both_bad']).toContain(vote);
	}
});

test('the answers are still those that were read; otherwise read these again and vote anew', async () => {
	const train = side('train');
	const system = train[0]!.messages[0]!.content;
	const file = train.map(({ messages, rewrite }) => `${chatLine({ messages, rewrite, source: null }, system)}\n`);
	const knowledge = knowledgeOf(await pairsOf(Buffer.from(file.join('')), train.length, 2_000));
	const changed = side('validation').filter((example) => {
		const asked = example.messages.filter(({ role }) => role === 'user').map(({ content }) => content);
		const question = {
			prompt: asked.at(-1)!,
			before: asked.slice(0, -1).join('\n'),
			system,
			temperature: 0,
			random: () => 0.5
		};
		const answers = `${tunedAnswer(knowledge, 0.99, question)}\n${untunedAnswer({ ...question, size: 'small' })}`;
		const read = votes.find(({ prompt }) => prompt === keyOf(example))?.read;
		return read !== sha256(answers).toString('hex').slice(0, 16);
	});
	expect(changed.map(keyOf)).toEqual([]);
});

test('the votes carry the verdict of the demo', () => {
	const seen = { tuned: 'a', base: 'b', tie: 'tie', both_bad: 'both_bad' } as const;
	const said = votes.map((line) => line.votes.map((vote) => seen[vote]));
	const scores = scoresFrom(
		said.map((each) => scoreOf(each, 2)!),
		2
	);
	const verdict = judge({
		...singleTally({ wins: 0, losses: 0, ties: 0, bothBad: 0 }),
		scores,
		bothBad: said.filter((each) => isBothBad(each, 2)).length,
		plan: { prompts: votes.length, votes: 2, delta: 20, attempt: 1 }
	});
	expect(verdict.kind).toBe('ship-it');
	expect(verdict.judged).toBe(votes.length);
	expect(lossesOf(scores)).toBeGreaterThan(0);
});
