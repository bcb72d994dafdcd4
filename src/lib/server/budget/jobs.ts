import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { nextMonth } from '../../core/budget/month.ts';
import { to } from '../../paths.ts';
import { within } from '../access/limits.ts';
import { membersWithAddress, named } from '../access/named.ts';
import type { Scope } from '../access/scope.ts';
import { job } from '../jobs/job.ts';
import { config } from '../platform/config.ts';
import { budgetNotices, members, projects, teams } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { budgetMail } from '../platform/mail/messages.ts';
import { sendMail } from '../platform/mail/send.ts';
import { budgetFacts } from './rows.ts';

/** What there is to tell, and to whom: the notice, its project, what was spent by now, and the addresses of the owners. */
const toTellOf = (scope: Scope, noticeId: string) =>
	scope.look(async (tx) => {
		const [notice] = await tx.select().from(budgetNotices).where(eq(budgetNotices.id, noticeId));
		if (!notice) return null;
		const [team] = await tx.select({ name: teams.name, slug: teams.slug }).from(teams);
		const [project] = await tx
			.select({ name: projects.name, slug: projects.slug })
			.from(projects)
			.where(eq(projects.id, notice.projectId));
		if (!project) return null; // deleted meanwhile
		const owners = await tx
			.select({ email: named.email })
			.from(members)
			.innerJoin(membersWithAddress, eq(named.id, members.personId))
			.where(eq(members.role, 'owner'));
		const { spentCents } = await budgetFacts(tx, notice.projectId, new Date());
		return { notice, team: team!, project, owners, spentCents };
	});

/** Tells the owners by mail that a mark of the budget was passed. One whose mail is refused holds up none of the others; if nobody got theirs, it throws. */
const mailOwners = async (scope: Scope, noticeId: string) => {
	const found = await toTellOf(scope, noticeId);
	if (!found || found.owners.length === 0) return;
	// of one notice a worker that was killed may send a second mail, and no more
	if (!(await within(`budget-mail:${noticeId}`, { most: 12, perSeconds: 86_400 }))) return;
	const { notice, team, project, owners, spentCents } = found;
	const about = {
		team: team.name,
		project: project.name,
		percent: notice.percent,
		budgetCents: notice.cents,
		spentCents,
		renewsAt: nextMonth(new Date(`${notice.month}-01T00:00:00.000Z`)),
		link: config().origin + to.projectSettings(team.slug, project.slug)
	};
	const sent = await Promise.allSettled(owners.map(({ email }) => sendMail(budgetMail({ to: email, ...about }))));
	const problems = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
	const bug = problems.find((problem) => !(problem instanceof AppError));
	if (bug) throw bug;
	if (problems.length === owners.length) throw problems[0];
	if (problems.length > 0) log.warn('budget mail', { team: scope.teamId, notice: noticeId, unsent: problems.length });
};

export const budgetJobs = [
	job('notice.mail', {
		id: 'noticeId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { noticeId }) => mailOwners(scope, noticeId)
	})
];
