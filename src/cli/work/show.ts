import { figure } from '../../lib/core/text/figure.ts';
import { answerAt } from '../../lib/core/examples/example.ts';
import { bandOf } from '../../lib/core/ratings/scale.ts';
import { tokensOf } from '../../lib/core/text/tokens.ts';
import type { show } from '../commands/show.ts';
import type { Deed } from '../deed.ts';
import type { Example } from '../files/examples.ts';
import { findExample } from '../files/find.ts';
import { reading } from '../files/session.ts';
import { folded, harmless } from '../terminal/plain.ts';
import type { Say } from '../terminal/say.ts';
import { shownExample } from './list.ts';

const speakers = { system: 'System prompt', user: 'Person', assistant: 'Model', tool: 'Tool' } as const;

/** A text under a heading, set in by two. */
export const showText = (say: Say, title: string, text: string) => {
	say.line();
	say.line(say.paint('bold', title));
	for (const line of folded(harmless(text), say.columns - 2)) say.line(`  ${line}`.trimEnd());
};

/** The conversation as a rater sees it: the answer that trains comes last. */
export const showConversation = (say: Say, { messages, rewrite }: Pick<Example, 'messages' | 'rewrite'>) => {
	const last = answerAt(messages);
	for (const [at, { role, content, tool_calls }] of messages.entries()) {
		const isAnswer = at === last;
		showText(
			say,
			isAnswer && rewrite !== null ? 'Model, before it was rewritten' : speakers[role],
			content || JSON.stringify(tool_calls)
		);
	}
	if (rewrite !== null) showText(say, 'Rewritten', rewrite);
};

export const deed: Deed<typeof show> = ({ io, say, args: [wanted] }) => {
	const example = findExample(reading(io, say), wanted!);
	const { rating, split, line } = example;
	const rated = rating === null ? 'not rated' : `rated ${rating} (${bandOf(rating).name})`;
	const side = split === null ? 'on no side' : split === 'val' ? 'in validation, locked' : 'in train';
	say.line(
		`Example ${example.id ?? `#${line}`}: ${rated}, ${side}, about ${figure(tokensOf(example.messages))} tokens`
	);
	showConversation(say, example);
	say.json({ ...shownExample(example), tokens: tokensOf(example.messages) });
};
