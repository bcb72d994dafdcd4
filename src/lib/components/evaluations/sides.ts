import type { OtherModel } from '$lib/contract/contenders.ts';
import type { SetUp } from '$lib/contract/evaluations.ts';
import { contenderKey } from '$lib/core/evaluations/contender.ts';

type Known = Pick<SetUp, 'runs' | 'base' | 'connections'>;
type Run = SetUp['runs'][number];

/** Who was chosen for a side: `run:<id>`, `base:<id of a run>`, `project` for its base model, or `of:<connection>` with a model of it. */
export type SideChoice = { choice: string; model: string };

const examples = (count: number) => (count === 1 ? 'one example' : `${count.toLocaleString('en')} examples`);
export const runHint = ({ baseModel, trainCount }: Run) => `${baseModel}, trained on ${examples(trainCount)}`;

const isSame = (run: Run, { connectionId, model }: { connectionId: string; model: string }) =>
	run.connectionId === connectionId && run.baseModel === model;

/** Each base once, by the newest run of it. */
const basesOf = (runs: readonly Run[]) =>
	runs.filter(
		(run, at) => runs.findIndex((one) => isSame(one, { connectionId: run.connectionId, model: run.baseModel })) === at
	);

const versions = (runs: readonly Run[]) => runs.map(({ version }) => `v${version}`).join(', ');

/** What can be chosen for one side. */
export const choicesOf = ({ runs, base, connections }: Known) => [
	...runs.map((run) => ({ value: `run:${run.id}`, label: `v${run.version}`, hint: runHint(run) })),
	...basesOf(runs).map((run) => ({
		value: `base:${run.id}`,
		label: run.baseModel,
		hint: `Base model of ${versions(runs.filter((one) => isSame(one, { connectionId: run.connectionId, model: run.baseModel })))}`
	})),
	...(base && !runs.some((run) => isSame(run, base))
		? [{ value: 'project', label: base.model, hint: 'Base model of the project' }]
		: []),
	...connections.map(({ id, name }) => ({
		value: `of:${id}`,
		label: `A model of ${name}`,
		hint: 'Any that it offers'
	}))
];

export const runOf = ({ choice }: SideChoice, { runs }: Known): Run | undefined =>
	choice.startsWith('run:') ? runs.find(({ id }) => `run:${id}` === choice) : undefined;

/** The run whose base it is. */
export const baseRunOf = ({ choice }: SideChoice, { runs }: Known): Run | undefined =>
	choice.startsWith('base:') ? runs.find(({ id }) => `base:${id}` === choice) : undefined;

/** The connection of which a model is to be chosen beside it. */
export const connectionOf = ({ choice }: SideChoice, { connections }: Known) =>
	choice.startsWith('of:') ? connections.find(({ id }) => `of:${id}` === choice) : undefined;

/** A base of the same run. */
export const baseOf = (run: Run | undefined, { runs }: Known): SideChoice | null => {
	const base =
		run && basesOf(runs).find((one) => isSame(one, { connectionId: run.connectionId, model: run.baseModel }));
	return base ? { choice: `base:${base.id}`, model: '' } : null;
};

/** Where the model is called and what it is; null while none is chosen. */
const originOf = (side: SideChoice, known: Known) => {
	const run = runOf(side, known);
	const of = run ?? baseRunOf(side, known);
	if (of) return { runId: run?.id ?? null, connectionId: of.connectionId, model: of.baseModel };
	const at = connectionOf(side, known);
	const other = at ? { connectionId: at.id, model: side.model.trim() } : side.choice === 'project' ? known.base : null;
	return other && other.model !== '' ? { runId: null, ...other } : null;
};

/** By what the server knows it when it counts tries; null while none is chosen. */
export const keyOf = (side: SideChoice, known: Known): string | null => {
	const origin = originOf(side, known);
	return origin && contenderKey(origin);
};

/** What people call it. */
export const nameOf = (side: SideChoice, known: Known): string => {
	const run = runOf(side, known);
	return run ? `v${run.version}` : (originOf(side, known)?.model ?? '…');
};

/** A model that is no run, as the server is asked for it. */
export const otherModel = (side: SideChoice, known: Known): OtherModel => {
	const base = baseRunOf(side, known);
	if (base) return { baseOf: base.id };
	const { connectionId, model } = originOf(side, known) ?? { connectionId: '', model: '' };
	return { connectionId, model };
};

/** Who was sent before, as it stands in a form: a run's id, `base`, or what `otherModel` made. */
export const sideFrom = (text: string, known: Known): SideChoice | null => {
	if (!text.startsWith('{')) return text === '' || text === 'base' ? null : { choice: `run:${text}`, model: '' };
	const { baseOf: run, connectionId, model = '' } = JSON.parse(text) as OtherModel;
	if (run) return { choice: `base:${run}`, model: '' };
	const { base } = known;
	return base && base.connectionId === connectionId && base.model === model
		? { choice: 'project', model: '' }
		: { choice: `of:${connectionId}`, model };
};
