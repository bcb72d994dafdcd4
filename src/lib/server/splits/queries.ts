import { GetSplit, PreviewSplit } from '../../contract/splits.ts';
import { planProves } from '../../core/evaluations/assurance.ts';
import { singlePlan } from '../../core/evaluations/plan.ts';
import { splits } from '../../core/splits/plan.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { type Counted, countIn, countedOf } from '../access/counted.ts';
import { query } from '../access/operation.ts';
import { planOf } from './plan.ts';

/** The three columns of the split page: counts, mean rating, ratings, and tokens as a training counts them, system prompt included. */
export const getSplit = query(GetSplit, ({ project, tx }) =>
	tx(async (tx) => {
		const counted = await countedOf(tx, project.id);
		const prompt = promptTokens(project.systemPrompt);
		return splits.map((side) => {
			const mine = counted.filter((kind) => kind.side === side);
			const rated = mine.filter(({ points }) => points !== null);
			const isGood = ({ points }: Counted) => points !== null && points >= project.qualityThreshold;
			// of what is in train, a training takes the good ones
			const sent = side === 'train' ? mine.filter(isGood) : mine;
			const sum = (kinds: Counted[], of: 'tokens' | 'ratings') => kinds.reduce((total, kind) => total + kind[of], 0);
			return {
				side,
				count: countIn(mine),
				tokens: sum(sent, 'tokens') + countIn(sent) * prompt,
				trained: countIn(mine, ({ trained }) => trained),
				quality: countIn(mine, isGood),
				averageRating: rated.length > 0 ? sum(rated, 'ratings') / countIn(rated) : null,
				bars: Array.from({ length: 10 }, (_, i) => countIn(mine, ({ points }) => points === i + 1))
			};
		});
	})
);

/** What an automatic split would move. Nothing moves yet. */
export const previewSplit = query(PreviewSplit, (scope, request) =>
	scope.tx(async (tx) => {
		const { moves, ...summary } = await planOf(tx, scope.project, request);
		const toValidation = moves.filter((move) => move.to === 'validation').length;
		return {
			...summary,
			conflicts: summary.conflicts.length,
			toTrain: moves.length - toValidation,
			toValidation,
			proves: planProves(singlePlan(summary.validation))
		};
	})
);
