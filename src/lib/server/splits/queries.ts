import { sql } from 'drizzle-orm';
import { CompareNew, GetSplit, ListTwins, PreviewSplit } from '../../contract/splits.ts';
import { type Message, promptOf } from '../../core/examples/example.ts';
import { planProves } from '../../core/evaluations/assurance.ts';
import { singlePlan } from '../../core/evaluations/plan.ts';
import { side as place } from '../../core/splits/deal.ts';
import { splits } from '../../core/splits/plan.ts';
import { promptTokens } from '../../core/text/tokens.ts';
import { type Counted, countIn, countedOf } from '../access/counted.ts';
import { query } from '../access/operation.ts';
import { brief } from '../examples/rows.ts';
import { comparedAsFarAs, countWaiting } from '../examples/compare.ts';
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

/** What is new is compared with the rest, so that what is shown next knows of it. Again does nothing. */
export const compareNew = query(CompareNew, async (scope) => {
	await comparedAsFarAs(scope);
	return null;
});

const mostTwins = 50;

/** Examples that nearly ask the same as another one, the newest first, each beside that one. */
export const listTwins = query(ListTwins, (scope) =>
	scope.tx(async (tx) => {
		const projectId = scope.project.id;
		type Found = { id: string; number: number; messages: Message[]; split: 'train' | 'validation' | null };
		// one in validation before others; of two on one side the later one is shown beside the earlier
		const pairs = await tx.execute<{ number: number; twin: number; count: number }>(sql`
			select number, twin, count(*) over ()::int as count
			from (
				select e.number, e.split,
					case row_number() over family when 1 then nth_value(e.number, 2) over family else first_value(e.number) over family end as twin,
					case row_number() over family when 1 then nth_value(e.split, 2) over family else first_value(e.split) over family end as twin_split
				from examples e
				where e.project_id = ${projectId} and e.family is not null and e.deleted_at is null
				window family as (
					partition by e.family order by (e.split = 'validation') desc nulls last, e.number
					rows between unbounded preceding and unbounded following
				)
			) e
			where twin is not null and (split is distinct from 'validation' or twin_split = 'validation')
				and (split is distinct from twin_split or number > twin)
			order by number desc limit ${mostTwins}`);
		const texts = await tx.execute<Found>(sql`
			select e.* from unnest(${sql.param(pairs.flatMap(({ number, twin }) => [number, twin]))}::int[]) one (number) cross join lateral (
				select x.id, x.number, x.messages, x.split from examples x where x.project_id = ${projectId} and x.number = one.number limit 1
			) e`);
		const byNumber = new Map(texts.map((one) => [one.number, one]));
		const asking = ({ id, number, messages, split }: Found) => ({
			id,
			number,
			input: brief(promptOf(messages).at(-1)?.content ?? ''),
			side: split ?? ('unassigned' as const)
		});
		return {
			rows: pairs.flatMap(({ number, twin }) => {
				const [one, two] = [byNumber.get(number), byNumber.get(twin)];
				return one && two ? [{ example: asking(one), twin: asking(two) }] : [];
			}),
			count: pairs[0]?.count ?? 0,
			waiting: await countWaiting(tx, projectId)
		};
	})
);

/** What an automatic split would move. Nothing moves yet. */
export const previewSplit = query(PreviewSplit, async (scope, request) => {
	await comparedAsFarAs(scope);
	return scope.look(async (tx) => {
		const waiting = await countWaiting(tx, scope.project.id);
		const { numbers: _, sides, ...summary } = await planOf(tx, scope.project, request);
		const toValidation = sides.reduce((count, to) => count + Number(to === place.validation), 0);
		return {
			...summary,
			toTrain: sides.length - toValidation,
			toValidation,
			waiting,
			proves: planProves(singlePlan(summary.validation))
		};
	});
});
