// Long because it is every mail that is sent, beside each other: they sound alike.
import { formatCents } from '../../../core/runs/cost.ts';
import { invitedAs } from '../../../core/team/roles.ts';
import type { Role } from '../../../core/permissions.ts';
import type { SwitchedOffFor } from '../../../core/webhooks/rules.ts';
import type { Mail } from './outbox.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => entities[sign]!);

/** A name somebody chose, as one line of a mail: no breaks, and no longer than a subject bears. */
const plainName = (text: string) =>
	text
		.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
		.trim()
		.slice(0, 80);

/** What a reader, or their mail program, would take for an address: it is left out of a name. */
const addresses =
	/\b[a-z][a-z0-9+.-]*:\/\/\S*|\S*@\S+|\bwww\.\S+|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?:[/:?#]\S*)?|(?:\+|\b00)[\d\s().-]{7,}/giu;

/** A name somebody chose, as our own words may quote it: with its quotation marks, and nothing to click or to call. */
const quoted = (text: string): string =>
	`“${plainName(plainName(text).replace(addresses, '…').replace(/[“”"]/g, "'"))}”`;

const when = (at: Date) =>
	new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(at) + ' UTC';

/** A sentence of ours that names what people have named: nothing in it to click or to call. */
const sentenceOf = (text: string): string => text.replace(addresses, '…');

type Parts = {
	title: string;
	paragraphs: string[];
	code?: string;
	button: { label: string; link: string };
	/** Below the line, in small: who asked, and what to do when it was nobody. */
	note: string;
	/** Where such mails are stopped. */
	stop?: string;
};

const textOf = ({ title, paragraphs, code, button, note, stop }: Parts) =>
	[
		title,
		...paragraphs,
		...(code ? [code] : []),
		`${button.label}:\n${button.link}`,
		`-- \n${note}`,
		...(stop ? [`Stop these mails:\n${stop}`] : [])
	].join('\n\n') + '\n';

/**
 * Tables and inline styles, because Outlook knows nothing else; the rules for dark mode are for those that do. Nothing is
 * loaded from anywhere: a mail that opens tells nobody.
 */
const htmlOf = ({ title, paragraphs, code, button, note, stop }: Parts) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
	.page { background: #111215 !important; }
	.card { background: #18191d !important; border-color: #33343a !important; }
	.text { color: #f2f2f4 !important; }
	.note { color: #a1a1aa !important; }
	.code { background: #202125 !important; color: #f2f2f4 !important; border-color: #33343a !important; }
	.button, .button a { background: #ebebee !important; color: #151619 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#fafafb;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#fafafb;">
<tr><td align="center" style="padding:32px 16px;">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:480px;background:#ffffff;border:1px solid #e3e3e8;border-radius:12px;">
<tr><td style="padding:32px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;">
<p class="note" style="margin:0 0 24px;font-size:14px;line-height:20px;font-weight:600;color:#62636c;">aitelier</p>
<h1 class="text" style="margin:0 0 12px;font-size:20px;line-height:28px;font-weight:600;color:#17181c;">${escaped(title)}</h1>
${paragraphs.map((text) => `<p class="text" style="margin:0 0 16px;font-size:15px;line-height:24px;color:#17181c;">${escaped(text)}</p>`).join('\n')}
${code ? `<p class="code" style="margin:0 0 16px;padding:14px 16px;border:1px solid #e3e3e8;border-radius:8px;background:#f4f4f6;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:26px;line-height:32px;letter-spacing:6px;text-align:center;color:#17181c;">${escaped(code)}</p>` : ''}
<table role="presentation" cellpadding="0" cellspacing="0" style="margin:8px 0 24px;"><tr>
<td class="button" style="border-radius:8px;background:#1d1e22;"><a href="${escaped(button.link)}" style="display:inline-block;padding:12px 20px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px;">${escaped(button.label)}</a></td>
</tr></table>
<p class="note" style="margin:0;font-size:13px;line-height:20px;color:#62636c;">${escaped(note)}${stop ? ` <a href="${escaped(stop)}" class="note" style="color:#62636c;">Stop these mails</a>` : ''}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;

const mailOf = (to: string, subject: string, parts: Parts): Mail => ({
	to,
	subject,
	text: textOf(parts),
	html: htmlOf(parts),
	link: parts.button.link
});

/** The mail that signs somebody in: a link for here, a code for there. The code stands in the subject, for the lock screen. */
export const signInMail = (mail: { to: string; code: string; link: string; origin: string; at: Date }): Mail =>
	mailOf(mail.to, `${mail.code} is your aitelier code`, {
		title: 'Sign in to aitelier',
		paragraphs: ['Type this code where you asked for it, or press the button. Both work for ten minutes, and once.'],
		code: mail.code,
		button: { label: 'Sign in', link: mail.link },
		note: `Somebody, probably you, asked for this at ${mail.origin} on ${when(mail.at)}. If it was not you, do nothing: without this mail nobody gets in.`
	});

/** The mail that tells somebody that their account ends, and how it stays. */
export const accountDeletedMail = (mail: { to: string; goneAt: Date; link: string }): Mail =>
	mailOf(mail.to, 'Your aitelier account is deleted', {
		title: 'Your account is deleted',
		paragraphs: [
			`You are signed out everywhere. On ${when(mail.goneAt)} your name and your address are removed; what you rated and wrote stays with your teams, without your name.`,
			'If you did not mean it, or it was not you, sign in before then: your account stays as it was.'
		],
		button: { label: 'Sign in and keep it', link: mail.link },
		note: 'You get this because the account of this address was deleted. There will be no other mail.'
	});

/** The mail that tells the owners of a team that it was deleted, and how it comes back. */
export const teamDeletedMail = (mail: { to: string; team: string; by: string; goneAt: Date; link: string }): Mail => {
	const [team, by] = [quoted(mail.team), quoted(mail.by)];
	return mailOf(mail.to, 'A team of yours was deleted on aitelier', {
		title: `The team ${team} was deleted`,
		paragraphs: [
			`${by} has deleted the team ${team}. Nobody enters it any more, and its API keys are refused.`,
			`Until ${when(mail.goneAt)} any owner can bring it back, with all that was in it. After that nothing of it is left.`
		],
		button: { label: 'Bring it back', link: mail.link },
		note: `You get this because you are an owner of ${team}.`
	});
};

/** The mail that asks somebody into a team. Names were chosen by strangers: one line each, and never markup. */
export const invitationMail = (mail: {
	to: string;
	team: string;
	inviter: string | null;
	role: Role;
	link: string;
	expiresAt: Date;
}): Mail => {
	const team = quoted(mail.team);
	const inviter = mail.inviter ? quoted(mail.inviter) : 'Somebody';
	// names are chosen by whoever invites; a subject is read as ours
	return mailOf(mail.to, 'You are invited to a team on aitelier', {
		title: `Join the team ${team}`,
		paragraphs: [
			`${inviter} invites you to the team ${team} on aitelier, where people teach a language model together.`,
			invitedAs[mail.role]
		],
		button: { label: 'Look at the invitation', link: mail.link },
		note: `The invitation is for ${mail.to} and ends on ${when(mail.expiresAt)}. If you do not know ${inviter}, do nothing.`
	});
};

/** The mail that tells an owner that nothing is sent to a webhook any more. */
export const webhookOffMail = (mail: {
	to: string;
	team: string;
	name: string;
	host: string;
	reason: SwitchedOffFor;
	link: string;
}): Mail => {
	const [team, name] = [quoted(mail.team), quoted(mail.name)];
	const why = {
		failing: `For five days nothing has arrived at ${mail.host}.`,
		gone: `The server at ${mail.host} says that its address is gone (410).`
	}[mail.reason];
	return mailOf(mail.to, 'A webhook was switched off on aitelier', {
		title: `The webhook ${name} was switched off`,
		paragraphs: [
			`${why} Nothing more is sent to the webhook ${name} of the team ${team}.`,
			'Its log has every answer. When the server works again, switch the webhook on; what has failed can be sent again from the log.'
		],
		button: { label: 'Open the webhook', link: mail.link },
		note: `You get this because you are an owner of ${team}. It is sent once, until the webhook is switched on again.`
	});
};

/** The mail that tells an owner that a key will stop working. */
export const keyEndsMail = (mail: {
	to: string;
	team: string;
	name: string;
	hint: string;
	expiresAt: Date;
	link: string;
}): Mail => {
	const [team, name] = [quoted(mail.team), quoted(mail.name)];
	return mailOf(mail.to, 'An API key ends soon on aitelier', {
		title: `The API key ${name} ends soon`,
		paragraphs: [
			`The API key ${name} (${mail.hint}) of the team ${team} stops working on ${when(mail.expiresAt)}. Scripts that use it are refused from then on.`,
			'Roll it to get a new key with the same rights; the old one can work on meanwhile. If nothing uses it any more, do nothing.'
		],
		button: { label: 'Open the API keys', link: mail.link },
		note: `You get this because you are an owner of ${team}. It is sent once for each key.`
	});
};

/** The mail that tells an owner that most of a project's budget of the month is spent, or all of it. */
export const budgetMail = (mail: {
	to: string;
	team: string;
	project: string;
	percent: number;
	budgetCents: number;
	spentCents: number;
	renewsAt: Date;
	link: string;
}): Mail => {
	const [team, project] = [quoted(mail.team), quoted(mail.project)];
	const [spent, budget] = [formatCents(mail.spentCents), formatCents(mail.budgetCents)];
	const isOver = mail.percent >= 100;
	return mailOf(mail.to, isOver ? 'A budget is spent on aitelier' : 'A budget is nearly spent on aitelier', {
		title: isOver ? `The budget of ${project} is spent` : `${mail.percent} % of the budget of ${project} is spent`,
		paragraphs: [
			`${spent} of the ${budget} that the project ${project} of the team ${team} may spend in a month went to training, running models and answers.`,
			isOver
				? `Nothing more is paid: running models are stopped, and trainings, comparisons and answers that cost are refused until ${when(mail.renewsAt)}, or until you raise the budget.`
				: `At 100 % nothing more is paid. The budget begins anew on ${when(mail.renewsAt)}.`
		],
		button: { label: 'Open the budget', link: mail.link },
		note: `You get this because you are an owner of ${team}. It is sent once for 80 % and once for 100 % of a month’s budget.`
	});
};

const why = (started: boolean) =>
	started ? 'You get this because you started it.' : 'You get this because you took part in it.';

/**
 * The mail that tells what a comparison came to, in the words and numbers of its page. `judged`: of the prompts that count; `headline`:
 * the net preference with its interval, null when nothing counts.
 */
export const verdictMail = (mail: {
	to: string;
	project: string;
	comparison: string;
	verdict: string;
	sentence: string;
	headline: string | null;
	started: boolean;
	link: string;
	stop: string;
}): Mail =>
	mailOf(mail.to, `${mail.verdict}: a comparison on aitelier has its verdict`, {
		title: mail.verdict,
		paragraphs: [
			sentenceOf(mail.sentence),
			...(mail.headline === null ? [] : [mail.headline]),
			`It is the comparison ${quoted(mail.comparison)} of the project ${quoted(mail.project)}. The checks, the judged pairs and what to do next are on its page.`
		],
		button: { label: 'See the results', link: mail.link },
		note: why(mail.started),
		stop: mail.stop
	});

/** The mail that tells whoever may reveal a comparison that everything planned is judged. Nothing of how it stands. */
export const completeMail = (mail: {
	to: string;
	project: string;
	comparison: string;
	planned: number;
	started: boolean;
	link: string;
	stop: string;
}): Mail =>
	mailOf(mail.to, 'A comparison on aitelier can be revealed', {
		title: 'Everything planned is judged',
		paragraphs: [
			`${mail.planned === 1 ? 'The prompt' : `All ${mail.planned.toLocaleString('en')} prompts`} of the comparison ${quoted(mail.comparison)} of the project ${quoted(mail.project)} ${mail.planned === 1 ? 'has its' : 'have their'} votes, or were skipped by everybody.`,
			'What came out stays hidden until somebody reveals it. The reveal ends the vote and cannot be taken back.'
		],
		button: { label: 'Open the comparison', link: mail.link },
		note: why(mail.started),
		stop: mail.stop
	});

/** The mail that tells whoever started a training how it ended. `problem`: why it failed; null where it is ready. */
export const runMail = (mail: {
	to: string;
	project: string;
	version: string;
	problem: string | null;
	failed: boolean;
	link: string;
	stop: string;
}): Mail =>
	mailOf(mail.to, mail.failed ? 'A training on aitelier has failed' : 'A training on aitelier is ready', {
		title: mail.failed ? `The training ${mail.version} has failed` : `The training ${mail.version} is ready`,
		paragraphs: mail.failed
			? [
					sentenceOf(mail.problem ?? 'The provider ended it and gave no reason.'),
					`It belongs to the project ${quoted(mail.project)}. Its page says what happened, and what can be done.`
				]
			: [
					`The model of ${mail.version} in the project ${quoted(mail.project)} can answer.`,
					'Whether it is better is not known yet: compare it blind with its base.'
				],
		button: { label: mail.failed ? 'See what happened' : 'Open the training', link: mail.link },
		note: why(true),
		stop: mail.stop
	});
