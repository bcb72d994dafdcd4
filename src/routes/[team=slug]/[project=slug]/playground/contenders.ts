import type { Playground } from '$lib/contract/playground.ts';
import { type Contender, contenderText, readContender } from '$lib/core/playground/contender.ts';

/** A choice of the list: the base model, a run, or a connection whose model is chosen beside it. */
export const choiceOf = (contender: Contender): string =>
	contender.kind === 'model' ? `of:${contender.connectionId}` : contenderText(contender);

/** Who is meant by a choice. */
export const chosen = (choice: string): Contender =>
	choice.startsWith('of:') ? { kind: 'model', connectionId: choice.slice(3), model: '' } : readContender(choice)!;

/** The list of those who can be asked. */
export const choicesOf = ({ base, runs, connections }: Playground) => [
	...runs.map((run) => ({ value: `run:${run.id}`, label: `v${run.version}`, hint: `Trained on ${run.baseModel}` })),
	...(base ? [{ value: 'base', label: base.model, hint: `Base model, at ${base.connection}` }] : []),
	...connections.map(({ id, name }) => ({
		value: `of:${id}`,
		label: `Another model of ${name}`,
		hint: 'Any that the provider offers'
	}))
];

/** Of an address: who is there to be asked; null where that is nobody any more. */
export const contenderIn = (text: string | null, { base, runs, connections }: Playground): Contender | null => {
	const contender = readContender(text);
	if (contender?.kind === 'base') return base && contender;
	if (contender?.kind === 'run') return runs.some(({ id }) => id === contender.runId) ? contender : null;
	return contender && connections.some(({ id }) => id === contender.connectionId) ? contender : null;
};

/** Who is asked where nobody was chosen: the newest model of one's own that answers, else the base model. */
export const firstContender = ({ base, runs, connections }: Playground): Contender | null => {
	const answering = runs.find(({ serves, serving }) => serves === 'at-once' || serving?.status === 'ready');
	if (answering) return { kind: 'run', runId: answering.id };
	if (base) return { kind: 'base' };
	return connections[0] ? { kind: 'model', connectionId: connections[0].id, model: '' } : null;
};

/** What people call it. */
export const nameOf = (contender: Contender, { base, runs }: Playground): string => {
	switch (contender.kind) {
		case 'base':
			return base?.model ?? 'Base model';
		case 'run':
			return `v${runs.find(({ id }) => id === contender.runId)?.version ?? '?'}`;
		case 'model':
			return contender.model;
	}
};

export const runOf = (contender: Contender, { runs }: Playground) =>
	contender.kind === 'run' ? runs.find(({ id }) => id === contender.runId) : undefined;

/** Why nobody answers there now, in a sentence; null when somebody does. */
export const whyNot = (contender: Contender, playground: Playground): string | null => {
	if (contender.kind === 'model') return contender.model === '' ? 'Choose a model first.' : null;
	const run = runOf(contender, playground);
	if (!run || run.serves === 'at-once' || run.serving?.status === 'ready') return null;
	return run.serving?.status === 'starting'
		? `v${run.version} is being started. It can be asked when it is ready.`
		: `Start v${run.version} first.`;
};
