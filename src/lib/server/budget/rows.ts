import { and, eq, gte, isNull, or, sql } from 'drizzle-orm';
import type { ShownBudget } from '../../contract/budget.ts';
import {
	type AnswerPurpose,
	type Spent,
	marksPassed,
	monthOf,
	monthStart,
	nextMonth,
	runCents,
	servingCents,
	sumOf,
	warnedFrom
} from '../../core/budget/month.ts';
import type { BudgetFacts } from '../../core/budget/fits.ts';
import { overBudget } from '../../core/budget/words.ts';
import { type Scope, type Tx, noProject } from '../access/scope.ts';
import { record, theProduct } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { answerCosts, budgetNotices, budgets, projects, runs, servings } from '../platform/db/schema.ts';

/** A step: what the project may spend in a month, in cents; null is as much as it likes. */
export const budgetOf = async (tx: Tx, projectId: string): Promise<number | null> => {
	const [row] = await tx.select({ cents: budgets.cents }).from(budgets).where(eq(budgets.projectId, projectId));
	return row?.cents ?? null;
};

/** A step: what the project has spent since the month began. Runs and servings are few; answers are added up as they come. */
export const spentIn = async (tx: Tx, projectId: string, now: Date): Promise<Spent> => {
	const start = monthStart(now);
	const begun = await tx
		.select({
			status: runs.status,
			costCents: runs.costCents,
			estimateCents: runs.estimateCents,
			stepsDone: runs.stepsDone,
			stepsTotal: runs.stepsTotal
		})
		.from(runs)
		.where(and(eq(runs.projectId, projectId), gte(runs.createdAt, start)));
	const served = await tx
		.select({ readyAt: servings.readyAt, stoppedAt: servings.stoppedAt, centsPerHour: servings.centsPerHour })
		.from(servings)
		.where(and(eq(servings.projectId, projectId), or(isNull(servings.stoppedAt), gte(servings.stoppedAt, start))));
	const answered = await tx
		.select({ purpose: answerCosts.purpose, cents: answerCosts.cents })
		.from(answerCosts)
		.where(and(eq(answerCosts.projectId, projectId), eq(answerCosts.month, monthOf(now))));
	const answersFor = (purpose: AnswerPurpose) => answered.find((each) => each.purpose === purpose)?.cents ?? 0;
	return {
		training: begun.reduce((sum, run) => sum + runCents(run), 0),
		serving: served.reduce((sum, serving) => sum + servingCents(serving, now), 0),
		generating: answersFor('generating'),
		judging: answersFor('judging'),
		playground: answersFor('playground')
	};
};

/** A step: what the project may spend this month, and has. */
export const budgetFacts = async (tx: Tx, projectId: string, now: Date): Promise<BudgetFacts> => ({
	budgetCents: await budgetOf(tx, projectId),
	spentCents: sumOf(await spentIn(tx, projectId, now))
});

/** A step: the month as people see it. */
export const shownBudget = async (tx: Tx, projectId: string, now: Date): Promise<ShownBudget> => {
	const budgetCents = await budgetOf(tx, projectId);
	const spent = await spentIn(tx, projectId, now);
	const spentCents = sumOf(spent);
	const marks = budgetCents === null ? [] : marksPassed(spentCents, budgetCents);
	return {
		month: monthOf(now),
		renewsAt: nextMonth(now),
		budgetCents,
		spentCents,
		trainingCents: spent.training,
		servingCents: spent.serving,
		generatingCents: spent.generating,
		judgingCents: spent.judging,
		playgroundCents: spent.playground,
		state:
			budgetCents === null
				? 'unlimited'
				: marks.includes(100)
					? 'spent'
					: marks.includes(warnedFrom)
						? 'warned'
						: 'fine'
	};
};

/** A step: nobody deletes the project until this transaction is over. Throws *not found* where somebody has. */
const mustStand = async (tx: Tx, projectId: string): Promise<void> => {
	const [found] = await tx
		.select({ id: projects.id })
		.from(projects)
		.where(eq(projects.id, projectId))
		.for('key share');
	if (!found) throw noProject();
};

/**
 * A step: the one gate before anything that is billed. Throws *over budget* unless what is left of the month pays for it. Whoever asks
 * for the same project waits until this transaction is over, so that what it is about to write is counted. What costs nothing always
 * passes; of what nobody knows the price of (null), anything must be left. Nothing passes for a project that was deleted. `counted`: what of it was estimated before, and is counted already.
 */
export const mustAfford = async (tx: Tx, projectId: string, cents: number | null, counted = 0): Promise<void> => {
	await mustStand(tx, projectId);
	if (cents === 0) return;
	await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${projectId}, 2))`);
	const budgetCents = await budgetOf(tx, projectId);
	if (budgetCents === null) return;
	const now = new Date();
	const spentCents = sumOf(await spentIn(tx, projectId, now)) - counted;
	if (spentCents < budgetCents && spentCents + (cents ?? 0) <= budgetCents) return;
	throw overBudget({ budgetCents, spentCents, cents, renewsAt: nextMonth(now) });
};

/** A step: tells people once when a mark of the budget is passed. Called wherever more has been spent. */
export const noteSpending = async (tx: Tx, projectId: string): Promise<void> => {
	const budgetCents = await budgetOf(tx, projectId);
	if (budgetCents === null) return;
	const now = new Date();
	const spentCents = sumOf(await spentIn(tx, projectId, now));
	const month = monthOf(now);
	const passed = marksPassed(spentCents, budgetCents);
	if (passed.length === 0) return;
	const [project] = await tx.select({ slug: projects.slug }).from(projects).where(eq(projects.id, projectId));
	if (!project) return; // deleted meanwhile
	const told = await tx
		.insert(budgetNotices)
		.values(passed.map((percent) => ({ projectId, month, cents: budgetCents, percent })))
		.onConflictDoNothing()
		.returning({ id: budgetNotices.id, percent: budgetNotices.percent });
	if (told.length === 0) return;
	// who passes both at once hears of the higher one
	const { id: noticeId, percent } = told.reduce((one, other) => (one.percent > other.percent ? one : other));
	await enqueue(tx, 'notice.mail', { noticeId });
	await record(tx, theProduct, {
		event: 'budget.reached',
		subject: projectId,
		projectId,
		details: {
			project: project.slug,
			month,
			percent,
			spentMicros: Math.round(spentCents * 10_000),
			budgetMicros: budgetCents * 10_000
		}
	});
};

/** An answer that is to be paid by the token. */
export type Payment = {
	projectId: string;
	purpose: AnswerPurpose;
	/** The most it can come to, in cents; null: nobody knows its price. */
	mostCents: number | null;
};

const addCost = async (tx: Tx, { projectId, purpose }: Payment, month: string, cents: number) => {
	await tx
		.insert(answerCosts)
		.values({ projectId, month, purpose, cents })
		.onConflictDoUpdate({
			target: [answerCosts.teamId, answerCosts.projectId, answerCosts.month, answerCosts.purpose],
			set: { cents: sql`greatest(0, ${answerCosts.cents} + excluded.cents)` }
		});
};

/**
 * Has one answer written and pays for it: the most it can cost is set aside before it is asked for, so that however many are asked at
 * once the budget holds, and what it did cost takes its place afterwards. A process that dies between leaves it set aside: rather too
 * much is counted than something that nobody sees. `costOf` says what it came to, also of an answer that broke off.
 */
export const paying = async <T>(
	scope: Scope,
	payment: Payment,
	write: () => Promise<T>,
	costOf: () => number
): Promise<T> => {
	const { projectId, mostCents } = payment;
	if (mostCents === 0) return write();
	const month = monthOf(new Date());
	await scope.tx(async (tx) => {
		await mustAfford(tx, projectId, mostCents);
		if (mostCents !== null) await addCost(tx, payment, month, mostCents);
	});
	try {
		return await write();
	} finally {
		if (mostCents !== null)
			await scope.tx(async (tx) => {
				await addCost(tx, payment, month, costOf() - mostCents);
				await noteSpending(tx, projectId);
			});
	}
};
