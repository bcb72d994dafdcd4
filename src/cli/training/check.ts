import { type CostEstimate } from '../../lib/core/runs/cost.ts';
import { type DurationRange, estimateDuration } from '../../lib/core/runs/duration.ts';
import { type Finding, isClear, preflight } from '../../lib/core/runs/preflight.ts';
import type { Method } from '../../lib/core/runs/method.ts';
import type { Recipe } from '../../lib/core/runs/recipe.ts';
import { limitProblem } from '../../lib/core/runs/recipe-limits.ts';
import { dayOf } from '../../lib/core/runs/retirement.ts';
import { trainingCost } from '../../lib/core/runs/training-cost.ts';
import { type DataFacts, readFacts, readPairFacts } from '../files/facts.ts';
import type { Project } from '../files/project.ts';
import type { Connected } from '../providers.ts';
import type { Say } from '../terminal/say.ts';
import type { gatherUnreadable } from '../unreadable.ts';

export type Checked = {
	findings: Finding[];
	isClear: boolean;
	cost: CostEstimate;
	duration: DurationRange;
	data: DataFacts;
};

/** What mends a finding here: the page on which the app mends it, as a command. */
const mends: Record<NonNullable<Finding['fix']>, string> = {
	rate: 'ait rate',
	split: 'ait split',
	examples: 'ait list --split train',
	settings: 'ait key PROVIDER',
	model: 'another "model" in .aitelier.json',
	move: 'another "model" in .aitelier.json',
	recipe: 'ait train --help',
	pairs: 'ait rate',
	method: 'ait train --help'
};

/** The whole checklist of the app, with price and time: two questions to the provider, which cost nothing. */
export const check = async (
	project: Project,
	{ provider, access }: Connected,
	{ method, recipe }: { method: Method; recipe: Recipe },
	unreadable: ReturnType<typeof gatherUnreadable>
): Promise<Checked> => {
	const { config } = project;
	const [key, model] = await Promise.all([provider.check(access), provider.model(access, config.model)]);
	const data = (method === 'dpo' ? readPairFacts : readFacts)(project, recipe, unreadable);
	// both answers of a pair have to fit, and other batches, where the provider says so
	const own = method === 'dpo' ? model?.withPreferences : undefined;
	const findings = preflight({
		...data,
		recipe,
		contextTokens: own?.contextTokens ?? model?.contextTokens ?? null,
		keyOk: key.ok,
		keyReason: key.ok ? null : key.reason,
		model: model && {
			trainable: model.trainable,
			servable: model.servable,
			until: model.until ?? null,
			note: model.note ?? null,
			...(model.answersAtOnce === false && {
				answersAtOnce: false,
				deployedCentsPerHour: model.deployedCentsPerHour ?? null
			})
		},
		today: dayOf(new Date())
	});
	const limit = limitProblem(recipe, own?.limits ?? model?.limits ?? null);
	if (limit)
		findings.splice(
			findings.findIndex(({ id }) => id === 'limits'),
			1,
			{ id: 'limits', level: 'block', title: 'Settings', sentence: limit.sentence, fix: 'recipe' }
		);
	const cost = trainingCost(data, recipe, {
		centsPerMillion:
			(method === 'dpo' ? model?.preferencesCentsPerMillion : undefined) ?? model?.trainingCentsPerMillion ?? null,
		minimumCents: model?.minimumCents ?? 0,
		priceNote: model?.priceNote ?? null
	});
	const past = config.runs.flatMap(({ baseModel, finishedAt, startedAt, billedTokens }) =>
		finishedAt && baseModel === config.model && typeof billedTokens === 'number'
			? [{ billedTokens, minutes: (Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000 }]
			: []
	);
	const duration = estimateDuration({ billedTokens: cost.billedTokens, past, sandbox: config.provider === 'sandbox' });
	return { findings, isClear: isClear(findings), cost, duration, data };
};

const marks = { block: ['red', '✗'], warn: ['yellow', '!'], ok: ['green', '✓'] } as const;

export const showFindings = (say: Say, findings: readonly Finding[]) => {
	for (const { level, title, sentence, fix } of findings) {
		const [tone, mark] = marks[level];
		say.item(tone, mark, title, sentence);
		if (fix && level === 'block') say.line(say.paint('dim', `  Try: ${mends[fix]}`));
	}
};
