/** Who stands in a panel: the base model of the project, a run's model, or a model of a connection. */
export type Contender =
	| { kind: 'base' }
	| { kind: 'run'; runId: string }
	| { kind: 'model'; connectionId: string; model: string };

/** As it stands in an address: `base`, `run:<id>`, `model:<connection>:<model>`. */
export const contenderText = (contender: Contender): string => {
	switch (contender.kind) {
		case 'base':
			return 'base';
		case 'run':
			return `run:${contender.runId}`;
		case 'model':
			return `model:${contender.connectionId}:${contender.model}`;
	}
};

/** Who is meant by a text of an address; null for one that means nobody. */
export const readContender = (text: string | null): Contender | null => {
	if (text === 'base') return { kind: 'base' };
	const [, runId] = /^run:([0-9a-f-]{36})$/.exec(text ?? '') ?? [];
	if (runId) return { kind: 'run', runId };
	const [, connectionId, model] = /^model:([0-9a-f-]{36}):(.{0,200})$/.exec(text ?? '') ?? [];
	return connectionId ? { kind: 'model', connectionId, model: model! } : null;
};

/** The fields by which the server is asked. */
export const askedBy = (contender: Contender) => ({
	runId: contender.kind === 'run' ? contender.runId : null,
	...(contender.kind === 'model' && { connectionId: contender.connectionId, model: contender.model })
});
