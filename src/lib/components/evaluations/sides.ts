import type { OtherModel } from '$lib/contract/contenders.ts';
import type { SetUp } from '$lib/contract/evaluations.ts';
import { contenderKey } from '$lib/core/evaluations/contender.ts';

type Known = Pick<SetUp, 'runs' | 'base' | 'connections'>;
type Run = SetUp['runs'][number];

/** The prompt of its own that was chosen for a model. `seen`: the examples that were shown; none while they are loaded. */
export type ChosenShots = { examples: number; systemPrompt?: string; seen?: string };

/**
 * Who was chosen for a side: `run:<id>`, `base:<id of a run>`, `project` for its base model, or `of:<connection>` with a model of it;
 * and with which examples in its prompt.
 */
export type SideChoice = { choice: string; model: string; shots?: ChosenShots };

/** A trained model competes as it is. */
export const mayHaveShots = ({ choice }: SideChoice): boolean => choice !== '' && !choice.startsWith('run:');
const shotsOf = (side: SideChoice) => (mayHaveShots(side) ? side.shots : undefined);

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
	return origin && contenderKey({ ...origin, fewShot: shotsOf(side) !== undefined });
};

/** Two prompts of one model are two contenders. */
export const areSame = (one: SideChoice, other: SideChoice, known: Known): boolean => {
	const what = ({ examples, systemPrompt }: Partial<ChosenShots> = {}) => JSON.stringify([examples, systemPrompt]);
	return keyOf(one, known) === keyOf(other, known) && what(shotsOf(one)) === what(shotsOf(other));
};

/** What people call it. */
export const nameOf = (side: SideChoice, known: Known): string => {
	const run = runOf(side, known);
	const shots = shotsOf(side);
	if (run) return `v${run.version}`;
	return `${originOf(side, known)?.model ?? '…'}${shots ? ` with ${shots.examples} examples in its prompt` : ''}`;
};

/** A model that is no run, as the server is asked for it. */
export const otherModel = (side: SideChoice, known: Known): OtherModel => {
	const base = baseRunOf(side, known);
	const shots = shotsOf(side);
	const prompt = shots ? { fewShot: shots } : {};
	if (base) return { baseOf: base.id, ...prompt };
	const { connectionId, model } = originOf(side, known) ?? { connectionId: '', model: '' };
	return { connectionId, model, ...prompt };
};

/** Who was sent before, as it stands in a form: a run's id, `base`, or what `otherModel` made. */
export const sideFrom = (text: string, known: Known): SideChoice | null => {
	if (!text.startsWith('{')) return text === '' || text === 'base' ? null : { choice: `run:${text}`, model: '' };
	const { baseOf: run, connectionId, model = '', fewShot } = JSON.parse(text) as OtherModel;
	const chosen = (choice: string, of = ''): SideChoice => ({
		choice,
		model: of,
		...(fewShot && { shots: fewShot as ChosenShots })
	});
	if (run) return chosen(`base:${run}`);
	const { base } = known;
	return base && base.connectionId === connectionId && base.model === model
		? chosen('project')
		: chosen(`of:${connectionId}`, model);
};
