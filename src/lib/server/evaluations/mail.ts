import { eq } from 'drizzle-orm';
import { may } from '../../core/permissions.ts';
import { points, range } from '../../core/evaluations/words.ts';
import type { Verdict } from '../../core/evaluations/verdict.ts';
import { to } from '../../paths.ts';
import { type Recipient, recipientsOf, tellMembers } from '../access/mail-members.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { enqueue } from '../jobs/queue.ts';
import { config } from '../platform/config.ts';
import { evaluations, projects, teams } from '../platform/db/schema.ts';
import { completeMail, verdictMail } from '../platform/mail/messages.ts';
import { assessmentOf } from './assessment.ts';
import { needOf } from './dealing.ts';
import type { Evaluation } from './evaluation.ts';
import { contendersOf, sharedOf, titleFor } from './rows.ts';
import { votesOf } from './votes.ts';

/** The headline as the page has it: `Net preference +30 points, 95 % interval 6 to 50.` */
const headlineOf = ({ netPreference, interval }: Verdict): string | null =>
	netPreference === null || interval === null
		? null
		: `Net preference ${points(netPreference)} points, 95 % interval ${range(interval)}.`;

/** What there is to tell of a comparison now: its verdict, or that it can be revealed; null: nothing. */
const newsOf = async (tx: Tx, evaluation: Evaluation) => {
	if (evaluation.revealedAt !== null) {
		const { verdict } = await assessmentOf(tx, evaluation, await contendersOf(tx, evaluation));
		return { kind: 'verdict' as const, verdict };
	}
	// the three of a three-way are revealed together
	for (const one of await sharedOf(tx, evaluation))
		if ((await needOf(tx, one, false)).closed.size < one.planned) return null;
	return { kind: 'complete' as const };
};

const toTellOf = (scope: Scope, evaluationId: string) =>
	scope.look(async (tx) => {
		const [evaluation] = await tx.select().from(evaluations).where(eq(evaluations.id, evaluationId));
		// a scoring gives no verdict
		if (!evaluation || evaluation.kind !== 'comparison' || evaluation.status !== 'voting') return null;
		const [project] = await tx.select().from(projects).where(eq(projects.id, evaluation.projectId));
		const news = project && (await newsOf(tx, evaluation));
		if (!news) return null; // or its project was deleted meanwhile
		const [team] = await tx.select({ slug: teams.slug }).from(teams);
		const took = new Set<string>();
		for (const { id } of await sharedOf(tx, evaluation))
			for (const { personId } of await votesOf(tx, id)) took.add(personId);
		if (evaluation.createdBy) took.add(evaluation.createdBy);
		const all = await recipientsOf(tx, { projectId: project.id, kind: news.kind }, took);
		// only whoever may reveal has something to do with that it can be
		const told = news.kind === 'verdict' ? all : all.filter(({ role }) => may(role, 'evaluations:reveal'));
		return { evaluation, project, team: team!, news, told };
	});

/**
 * Tells whoever began a comparison or voted in it that it has its verdict, or, before its reveal, that everything planned is judged.
 * Safe to run again: nobody is told the same twice.
 */
export const tellVerdict = async (scope: Scope, evaluationId: string): Promise<void> => {
	const found = await toTellOf(scope, evaluationId);
	if (!found) return;
	const { evaluation, project, team, news, told } = found;
	const origin = config().origin;
	const about = ({ id, email, role }: Recipient, stop: string) => ({
		...{ to: email, stop, project: project.name, started: id === evaluation.createdBy },
		comparison: titleFor({ role }, evaluation)
	});
	const write = (recipient: Recipient, stop: string) => {
		if (news.kind === 'complete')
			return completeMail({
				...about(recipient, stop),
				planned: evaluation.planned,
				link: origin + (evaluation.threePart ? to.threeWay : to.evaluation)(team.slug, project.slug, evaluationId)
			});
		const { verdict } = news;
		return verdictMail({
			...about(recipient, stop),
			...{ verdict: verdict.title, sentence: verdict.sentence, headline: headlineOf(verdict) },
			link: origin + (evaluation.threePart ? to.threeWay : to.results)(team.slug, project.slug, evaluationId)
		});
	};
	await tellMembers(scope, {
		...{ projectId: project.id, kind: news.kind, subject: evaluationId, to: told, write },
		again: (tx, then) => enqueue(tx, 'evaluation.tell', { evaluationId }, then)
	});
};
