// Long because it is everything that happens, as one list: who hears of it, what is written down, what people read.
import * as v from 'valibot';
import { type Action, roles } from '../core/permissions.ts';
import { splits } from '../core/splits/plan.ts';
import { figure } from '../core/text/figure.ts';

/** What a page can wait for. `ratings` of a project are apart from the rest of it: they come all the time, and few pages show them. */
export type Topic = `run:${string}` | `evaluation:${string}` | `project:${string}` | `ratings:${string}`;

type About<Details> = {
	/** The id of what it happened to. */
	subject: string;
	/** Missing where it concerns the whole team. */
	projectId?: string;
	details: Details;
};

type Kind<S extends v.GenericSchema> = {
	/** Facts that last: numbers and names, never texts of examples, never keys. */
	details: S;
	/** Goes on after a name: "Ana …". */
	sentence: (details: v.InferOutput<S>) => string;
	/** The pages that look again. */
	topics: (about: About<v.InferOutput<S>>) => Topic[];
	/** Written into the audit log, for owners. */
	audited: boolean;
	/** What whoever reads of it in the project's activity must be allowed; null: it is not there. */
	feed: Action | null;
	/** The sentence where the same person has done it several times in a row, to so many subjects. */
	several: ((times: { count: number; subjects: number; details: v.InferOutput<S> }) => string) | null;
	/** Sent to the team's webhooks that want it, with its details; contract/webhook-events says it in plain words. */
	webhook: boolean;
};

type AnyKind = Omit<Kind<v.GenericSchema>, 'sentence' | 'several' | 'topics'> & {
	sentence: (details: never) => string;
	several: ((times: never) => string) | null;
	topics: (about: never) => Topic[];
};

const event = <S extends v.GenericSchema>(
	details: S,
	sentence: Kind<S>['sentence'],
	{
		topics = () => [],
		audited = false,
		feed = null,
		several = null,
		webhook = false
	}: Partial<Omit<Kind<S>, 'details' | 'sentence'>>
): Kind<S> => ({ details, sentence, topics, audited, feed, several, webhook });

const Role = v.picklist(roles);
/** What somebody is in a team; null is every project. */
const Place = { role: Role, projectIds: v.nullable(v.array(v.string())) };
const roleWords = { owner: 'an owner', trainer: 'a trainer', rater: 'a rater' };
/** Of a run: its page; of its serving, which a run's page shows, too. */
const onRun = ({ subject }: About<unknown>): Topic[] => [`run:${subject}`];
const onRunAndProject = (about: About<unknown>): Topic[] => [...onRun(about), ...inProject(about)];
const onRunOfServing = ({ details }: About<{ run: string }>): Topic[] => [`run:${details.run}`];

/** Of a serving: the base model of its run, where that runs and not the run's own. */
/** Of a scoring it is said; everything else is a comparison. */
const Sort = { kind: v.optional(v.literal('scoring')) };
const evaluationWords = ({ number, kind }: { number: number; kind?: string | undefined }) =>
	`${kind ?? 'comparison'} ${number}`;
const OfBase = { base: v.optional(v.string()) };
const servedWords = ({ version, base }: { version: number; base?: string | undefined }) =>
	base ? `the base model ${base}, to compare v${version} with it` : `the model of v${version}`;

const inProject = ({ projectId }: About<unknown>): Topic[] => (projectId ? [`project:${projectId}`] : []);
const inRatings = ({ projectId }: About<unknown>): Topic[] => (projectId ? [`ratings:${projectId}`] : []);
const ofEvaluation = ({ subject }: About<unknown>): Topic[] => [`evaluation:${subject}`];
const ofEvaluationAndProject = (about: About<unknown>): Topic[] => [...ofEvaluation(about), ...inProject(about)];

/** `one example`, `1,200 examples`. */
const someExamples = (count: number) => (count === 1 ? 'one example' : `${count.toLocaleString('en')} examples`);

const somePrompts = (count: number) => (count === 1 ? 'one prompt' : `${count.toLocaleString('en')} prompts`);

/** Cents as people read them. */
const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;

/** A small number as people write it: `0.00001`, not `1e-5`. */
const decimal = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 9 });

export const events = {
	// ── team
	'member.invited': event(
		v.strictObject({ email: v.string(), ...Place }),
		({ email, role }) => `invited ${email} as ${roleWords[role]}`,
		{ audited: true }
	),
	'member.invited_again': event(v.strictObject({ email: v.string() }), ({ email }) => `invited ${email} again`, {
		audited: true
	}),
	'invitation.revoked': event(
		v.strictObject({ email: v.string() }),
		({ email }) => `took the invitation of ${email} back`,
		{ audited: true }
	),
	// written by the database (accept_invitation), so that it is one with the membership
	'member.joined': event(v.strictObject({ role: Role }), ({ role }) => `joined the team as ${roleWords[role]}`, {
		audited: true
	}),
	'member.role_changed': event(
		v.strictObject({ email: v.string(), before: v.strictObject(Place), after: v.strictObject(Place) }),
		({ email, after }) => `made ${email} ${roleWords[after.role]}`,
		{ audited: true }
	),
	'member.removed': event(
		v.strictObject({ email: v.string(), role: Role }),
		({ email }) => `took ${email} out of the team`,
		{ audited: true }
	),
	'member.left': event(v.strictObject({ role: Role }), () => 'left the team', { audited: true }),
	// written by the database (end_account, person_with): it happens in all their teams at once
	'member.account_deleted': event(v.strictObject({}), () => 'deleted their account', { audited: true }),
	'member.account_kept': event(v.strictObject({}), () => 'kept their account after all', { audited: true }),
	// written by the database (call_person): in all their teams at once
	'member.renamed': event(v.strictObject({}), () => 'goes by another name', { audited: true }),
	// written by the database (found_team): before it nobody is in the team
	'team.created': event(v.strictObject({ name: v.string(), slug: v.string() }), ({ name }) => `made the team ${name}`, {
		audited: true
	}),
	'team.deleted': event(v.strictObject({ name: v.string() }), () => 'deleted the team', { audited: true }),
	// written by the database (restore_team): nobody is in the team at this moment
	'team.restored': event(v.strictObject({}), () => 'brought the team back', { audited: true }),

	'audit.exported': event(v.strictObject({}), () => 'took a copy of the audit log', { audited: true }),

	// ── connections
	'connection.created': event(
		v.strictObject({ provider: v.string(), name: v.string(), baseUrl: v.nullable(v.string()) }),
		({ name }) => `added the connection ${name}`,
		{ audited: true }
	),
	'connection.tested': event(v.strictObject({ name: v.string() }), ({ name }) => `tested the connection ${name}`, {}),
	'connection.key_replaced': event(
		v.strictObject({ name: v.string() }),
		({ name }) => `replaced the key of the connection ${name}`,
		{ audited: true }
	),
	'connection.priced': event(
		v.strictObject({ name: v.string(), model: v.string(), isKnown: v.boolean() }),
		({ name, model, isKnown }) =>
			isKnown ? `entered what ${model} costs at ${name}` : `took back what ${model} was said to cost at ${name}`,
		{ audited: true }
	),
	/** By the janitor, or whoever had it look. */
	'connection.strays_found': event(
		v.strictObject({ name: v.string(), count: v.number() }),
		({ name, count }) =>
			`found ${count === 1 ? 'a model' : `${count} models`} running at ${name} that nothing here knows of`,
		{ audited: true }
	),
	'connection.stray_stopped': event(
		v.strictObject({ name: v.string(), mark: v.string() }),
		({ name, mark }) => `stopped the model ${mark} at ${name}, which nothing here knows of`,
		{ audited: true }
	),
	'connection.strays_switched': event(
		v.strictObject({ name: v.string(), stops: v.boolean() }),
		({ name, stops }) =>
			stops
				? `has models stopped that run at ${name} and that nothing here knows of`
				: `has models that nothing here knows of at ${name} only told`,
		{ audited: true }
	),
	'connection.removed': event(
		v.strictObject({ name: v.string(), provider: v.string() }),
		({ name }) => `removed the connection ${name}`,
		{ audited: true }
	),

	// ── keys
	'key.created': event(
		v.strictObject({ name: v.string(), hint: v.string(), ...Place, expiresAt: v.string() }),
		({ name }) => `made the API key ${name}`,
		{ audited: true }
	),
	'key.rolled': event(
		// the subject, and the hint, are those of the old one
		v.strictObject({
			name: v.string(),
			hint: v.string(),
			graceHours: v.number(),
			newKey: v.string(),
			newHint: v.string()
		}),
		({ name }) => `rolled the API key ${name}`,
		{ audited: true }
	),
	/** A week before its end; not of one that ends because it was rolled. */
	'key.expiring': event(
		v.strictObject({ name: v.string(), hint: v.string(), expiresAt: v.string() }),
		({ name }) => `said that the API key ${name} ends soon`,
		{ audited: true, webhook: true }
	),
	'key.revoked': event(
		v.strictObject({ name: v.string(), hint: v.string() }),
		({ name }) => `ended the API key ${name}`,
		{ audited: true }
	),

	// ── webhooks: the host alone, since an address may hold a secret
	'webhook.created': event(
		v.strictObject({ name: v.string(), host: v.string(), events: v.array(v.string()) }),
		({ name }) => `made the webhook ${name}`,
		{ audited: true }
	),
	'webhook.changed': event(
		v.strictObject({ name: v.string(), host: v.string(), events: v.array(v.string()) }),
		({ name }) => `changed the webhook ${name}`,
		{ audited: true }
	),
	'webhook.secret_rolled': event(
		v.strictObject({ name: v.string(), overlapHours: v.number() }),
		({ name }) => `rolled the secret of the webhook ${name}`,
		{ audited: true }
	),
	'webhook.paused': event(v.strictObject({ name: v.string() }), ({ name }) => `paused the webhook ${name}`, {
		audited: true
	}),
	'webhook.resumed': event(v.strictObject({ name: v.string() }), ({ name }) => `switched the webhook ${name} on`, {
		audited: true
	}),
	'webhook.removed': event(
		v.strictObject({ name: v.string(), host: v.string() }),
		({ name }) => `removed the webhook ${name}`,
		{ audited: true }
	),
	'webhook.tested': event(v.strictObject({ name: v.string() }), ({ name }) => `tested the webhook ${name}`, {}),
	'webhook.sent_again': event(
		v.strictObject({ name: v.string(), event: v.string() }),
		({ name, event }) => `had ${event} sent to the webhook ${name} again`,
		{}
	),
	/** By nobody: after days of failures, or because its server said that it is gone. */
	'webhook.switched_off': event(
		v.strictObject({ name: v.string(), reason: v.picklist(['failing', 'gone']) }),
		({ name }) => `switched the webhook ${name} off, because nothing arrives there`,
		{ audited: true }
	),

	// ── budget: of a project and a month
	'budget.changed': event(
		v.strictObject({ before: v.nullable(v.number()), after: v.nullable(v.number()) }),
		({ after }) =>
			after === null ? 'took the budget of the project away' : `set the budget to ${dollars(after)} a month`,
		{ topics: inProject, audited: true, feed: 'budget:see' }
	),
	/** By nobody: once when so many percent of it are spent, and again when another amount is set. From 100 on nothing more is paid. */
	'budget.reached': event(
		v.strictObject({
			project: v.string(),
			month: v.string(),
			percent: v.number(),
			spentMicros: v.number(),
			budgetMicros: v.number()
		}),
		({ percent }) =>
			percent >= 100
				? 'stopped paying: the budget of the month is spent'
				: `noted that ${percent} % of the budget is spent`,
		{ topics: inProject, feed: 'budget:see', webhook: true }
	),

	// ── personal tokens: written by the database (answer_device, hand_token, end_token), since whoever serves has nothing of them
	'token.confirmed': event(
		v.strictObject({ name: v.string(), from: v.string() }),
		({ name, from }) => `let ${name} at ${from} act in their name`,
		{ audited: true }
	),
	'token.taken': event(
		v.strictObject({ name: v.string(), hint: v.string() }),
		({ name }) => `handed ${name} its personal token`,
		{ audited: true }
	),
	'token.ended': event(
		v.strictObject({ name: v.string(), hint: v.string() }),
		({ name }) => `ended the personal token of ${name}`,
		{ audited: true }
	),

	// ── project
	'project.created': event(
		v.strictObject({ name: v.string(), slug: v.string() }),
		({ name }) => `made the project ${name}`,
		{ audited: true, feed: 'project:see' }
	),
	'project.changed': event(
		v.strictObject({ name: v.string(), baseModel: v.string() }),
		({ name }) => `changed the settings of ${name}`,
		{ topics: inProject, audited: true, feed: 'project:see' }
	),
	'project.deleted': event(
		v.strictObject({ name: v.string(), slug: v.string() }),
		({ name }) => `deleted the project ${name}`,
		{ topics: inProject, audited: true, feed: 'project:see' }
	),
	'project.restored': event(
		v.strictObject({ name: v.string(), slug: v.string() }),
		({ name }) => `brought the project ${name} back`,
		{ topics: inProject, audited: true, feed: 'project:see' }
	),
	/** Written by the database (purge_project_part), when its way back is over: what nobody here can remove is named. */
	'project.purged': event(
		v.strictObject({
			name: v.string(),
			slug: v.string(),
			/** At the provider, by its names. */
			files: v.array(v.string()),
			models: v.array(v.string()),
			/** Deployments that could not be stopped. */
			running: v.array(v.string())
		}),
		({ name }) => `removed the project ${name} for good`,
		{ audited: true }
	),
	/** By migration 0021: a project that nobody had given a learning rate of its own. */
	'project.recipe_renewed': event(
		v.strictObject({ from: v.number(), to: v.number() }),
		({ from, to }) =>
			`replaced the usual learning rate of ${decimal(from)}, which hardly moves an adapter: this project had it, and trains with ${decimal(to)} from now on`,
		{ topics: inProject, feed: 'project:see' }
	),

	// ── examples
	'example.added': event(v.strictObject({ number: v.number() }), ({ number }) => `wrote example ${number}`, {
		topics: inProject,
		feed: 'examples:see',
		several: ({ subjects }) => `wrote ${someExamples(subjects)}`
	}),
	'examples.imported': event(
		v.strictObject({
			fileName: v.string(),
			added: v.number(),
			duplicates: v.number(),
			refused: v.number()
		}),
		({ added, fileName }) => `imported ${someExamples(added)} from ${fileName}`,
		{ topics: inProject, audited: true, feed: 'examples:see', webhook: true }
	),
	'examples.deleted': event(v.strictObject({ count: v.number() }), ({ count }) => `deleted ${someExamples(count)}`, {
		topics: inProject,
		audited: true,
		feed: 'examples:see'
	}),
	'examples.restored': event(
		v.strictObject({ count: v.number() }),
		({ count }) => `brought ${someExamples(count)} back`,
		{ topics: inProject, audited: true, feed: 'examples:see' }
	),
	'examples.exported': event(v.strictObject({}), () => 'exported the examples', { audited: true }),
	// ── prompts: of the pool
	'prompts.added': event(
		v.strictObject({ count: v.number(), fileName: v.nullable(v.string()) }),
		({ count, fileName }) =>
			`${fileName === null ? 'added' : 'imported'} ${somePrompts(count)}${fileName === null ? '' : ` from ${fileName}`}`,
		{ topics: inProject, audited: true, feed: 'prompts:see' }
	),
	'prompts.deleted': event(v.strictObject({ count: v.number() }), ({ count }) => `deleted ${somePrompts(count)}`, {
		topics: inProject,
		audited: true,
		feed: 'prompts:see'
	}),
	'prompts.restored': event(
		v.strictObject({ count: v.number() }),
		({ count }) => `brought ${somePrompts(count)} back`,
		{ topics: inProject, audited: true, feed: 'prompts:see' }
	),
	// ── splits
	'split.applied': event(
		v.strictObject({ ratio: v.number(), seed: v.number(), moved: v.number() }),
		({ moved }) => `split the examples: ${someExamples(moved)} got a place`,
		{ topics: inProject, audited: true, feed: 'splits:see' }
	),
	'split.moved': event(
		v.strictObject({ count: v.number(), side: v.picklist(splits) }),
		({ count, side }) => `moved ${someExamples(count)} to ${side}`,
		{ topics: inProject, audited: true, feed: 'splits:see' }
	),
	'split.parted': event(
		v.strictObject({ count: v.number() }),
		({ count }) => `took ${someExamples(count)} out of train: validation asks nearly the same`,
		{ topics: inProject, audited: true, feed: 'splits:see' }
	),
	// ── ratings
	'example.rated': event(v.strictObject({ number: v.number() }), ({ number }) => `rated example ${number}`, {
		topics: inRatings,
		feed: 'examples:see',
		several: ({ subjects }) => `rated ${someExamples(subjects)}`
	}),
	'example.rewritten': event(v.strictObject({ number: v.number() }), ({ number }) => `rewrote example ${number}`, {
		topics: inRatings,
		feed: 'examples:see',
		several: ({ subjects }) => `rewrote ${someExamples(subjects)}`
	}),
	'rewrite.undone': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `took a rewrite of example ${number} back`,
		{ topics: inRatings, feed: 'examples:see' }
	),

	// ── runs and servings
	'run.started': event(
		v.strictObject({
			project: v.string(),
			version: v.number(),
			model: v.string(),
			trainCount: v.number(),
			validationCount: v.number()
		}),
		({ version, trainCount }) => `started to train v${version} on ${trainCount} examples`,
		{ topics: onRunAndProject, audited: true, feed: 'runs:see' }
	),
	'run.cancelled': event(
		v.strictObject({ version: v.number(), status: v.string() }),
		({ version }) => `cancelled the training of v${version}`,
		{ topics: onRun, audited: true, feed: 'runs:see' }
	),
	'run.ordered_again': event(
		v.strictObject({ version: v.number() }),
		({ version }) => `ordered v${version} again, because the first order never arrived`,
		{ topics: onRun, audited: true }
	),
	'run.duplicate_cancelled': event(
		v.strictObject({ version: v.number(), jobId: v.string() }),
		({ version }) => `cancelled a second order of v${version}`,
		{ topics: onRun, audited: true }
	),
	/** A new station where `status` names it; else a step, a loss, a line of the log. */
	'run.progressed': event(
		v.strictObject({ version: v.number(), status: v.nullable(v.string()) }),
		({ version }) => `went on with the training of v${version}`,
		{ topics: (about) => (about.details.status === null ? onRun(about) : onRunAndProject(about)) }
	),
	'run.finished': event(
		v.strictObject({ version: v.number() }),
		({ version }) => `finished the training of v${version}`,
		{
			topics: onRunAndProject,
			feed: 'runs:see',
			webhook: true
		}
	),
	/** Also where the provider has cancelled it, and nobody here. */
	'run.failed': event(
		v.strictObject({ version: v.number(), status: v.string() }),
		({ version }) => `could not finish the training of v${version}`,
		{ topics: onRunAndProject, feed: 'runs:see', webhook: true }
	),
	'serving.started': event(
		v.strictObject({ run: v.string(), version: v.number(), centsPerHour: v.nullable(v.number()), ...OfBase }),
		(about) => `started ${servedWords(about)}`,
		{ topics: onRunOfServing, audited: true, feed: 'runs:see', webhook: true }
	),
	/** By a person, who no longer wants to pay. */
	'serving.stopped': event(
		v.strictObject({ run: v.string(), version: v.number(), ...OfBase }),
		(about) => `stopped ${servedWords(about)}`,
		{ topics: onRunOfServing, audited: true, feed: 'runs:see' }
	),
	'serving.progressed': event(
		v.strictObject({ run: v.string(), status: v.nullable(v.string()) }),
		() => 'went on with a model that is started or stopped',
		{ topics: onRunOfServing }
	),
	/** Nothing is billed any more, whoever or whatever stopped it. */
	'serving.ended': event(
		v.strictObject({ run: v.string(), version: v.number(), status: v.picklist(['stopped', 'failed']), ...OfBase }),
		({ status }) => (status === 'failed' ? 'could not keep a model running' : 'gave the machine of a model back'),
		{ topics: onRunOfServing, webhook: true }
	),
	// ── playground
	'pair.kept': event(v.strictObject({}), () => 'preferred one of two answers in the playground', {
		topics: inProject,
		feed: 'playground:use',
		several: ({ subjects }) => `preferred one of two answers ${subjects.toLocaleString('en')} times in the playground`
	}),
	'pair.withdrawn': event(v.strictObject({}), () => 'took a preference of the playground back', { topics: inProject }),

	// ── evaluations: before the reveal no sentence says its name, which tells who competes
	'evaluation.created': event(
		v.strictObject({ name: v.string(), planned: v.number(), ...Sort }),
		({ planned, kind }) =>
			kind === 'scoring'
				? `set up a scoring of ${figure(planned)} ${planned === 1 ? 'answer' : 'answers'}`
				: `set up a comparison of ${figure(planned)} ${planned === 1 ? 'pair' : 'pairs'}`,
		{ topics: inProject, audited: true, feed: 'evaluations:see' }
	),
	'evaluation.retried': event(
		v.strictObject({ name: v.string() }),
		() => 'had the answers of a comparison tried again',
		{
			topics: ofEvaluation,
			audited: true
		}
	),
	/** More answers are there, or what they wait for is something else. */
	'evaluation.progressed': event(
		v.strictObject({ number: v.number(), ...Sort }),
		(about) => `goes on with the answers of ${evaluationWords(about)}`,
		{ topics: ofEvaluation }
	),
	'evaluation.ready': event(
		v.strictObject({ number: v.number(), planned: v.number(), ...Sort }),
		(about) => `opened ${about.kind === 'scoring' ? '' : 'the vote on '}${evaluationWords(about)}`,
		{ topics: ofEvaluationAndProject, feed: 'evaluations:see', webhook: true }
	),
	'evaluation.failed': event(
		v.strictObject({ number: v.number(), ...Sort }),
		(about) => `could not get the answers of ${evaluationWords(about)}`,
		{ topics: ofEvaluationAndProject, feed: 'evaluations:see' }
	),
	'evaluation.voted': event(
		v.strictObject({ number: v.number(), ...Sort }),
		(about) => `${about.kind === 'scoring' ? 'scored an answer' : 'voted'} in ${evaluationWords(about)}`,
		{
			topics: ofEvaluation,
			feed: 'evaluations:see',
			several: ({ count, details }) =>
				details.kind === 'scoring'
					? `scored ${count.toLocaleString('en')} answers in ${evaluationWords(details)}`
					: `voted ${count.toLocaleString('en')} times in ${evaluationWords(details)}`
		}
	),
	/** Of no person, both: guests are nobody here. */
	'evaluation.guest_came': event(v.strictObject({}), () => 'took a guest in', { topics: ofEvaluation }),
	'evaluation.guest_voted': event(v.strictObject({}), () => 'heard a guest', { topics: ofEvaluation }),
	'guests.invited': event(
		v.strictObject({
			number: v.number(),
			title: v.string(),
			pairs: v.number(),
			guests: v.number(),
			expiresAt: v.string()
		}),
		({ number, guests }) =>
			`invited ${guests === 1 ? 'a guest' : `up to ${guests} guests`} to vote in comparison ${number}`,
		{ topics: ofEvaluation, audited: true, feed: 'guests:invite' }
	),
	'guests.revoked': event(
		v.strictObject({ number: v.number(), title: v.string() }),
		({ number }) => `ended a link for guests of comparison ${number}`,
		{ topics: ofEvaluation, audited: true }
	),
	'guests.restored': event(
		v.strictObject({ number: v.number(), title: v.string() }),
		({ number }) => `opened a link for guests of comparison ${number} again`,
		{ topics: ofEvaluation, audited: true }
	),
	'evaluation.remarked': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `added scores or a note in comparison ${number}`,
		{
			topics: ofEvaluation,
			feed: 'evaluations:see',
			several: ({ count, details: { number } }) =>
				`added scores or a note ${count.toLocaleString('en')} times in comparison ${number}`
		}
	),
	'evaluation.scored': event(
		v.strictObject({
			number: v.number(),
			name: v.string(),
			judged: v.number(),
			planned: v.number(),
			version: v.string(),
			/** 1 to 10; null where nothing counts. */
			average: v.nullable(v.number()),
			sendableFrom: v.number(),
			sendable: v.number(),
			/** 0 to 1; null where nothing counts. */
			sendableRate: v.nullable(v.number())
		}),
		({ name, judged, planned }) => `revealed the scores of “${name}” at ${figure(judged)} of ${figure(planned)}`,
		{ topics: ofEvaluationAndProject, audited: true, feed: 'evaluations:see', webhook: true }
	),
	'evaluation.revealed': event(
		v.strictObject({
			number: v.number(),
			name: v.string(),
			judged: v.number(),
			planned: v.number(),
			version: v.string(),
			against: v.string(),
			verdict: v.string(),
			/** −1 to 1; null where nothing counts. */
			netPreference: v.nullable(v.number()),
			/** 0 to 1; null where nothing decides. */
			winRate: v.nullable(v.number()),
			wins: v.number(),
			losses: v.number(),
			ties: v.number(),
			bothBad: v.number()
		}),
		({ name, judged, planned }) => `revealed the results of “${name}” at ${figure(judged)} of ${figure(planned)}`,
		{ topics: ofEvaluationAndProject, audited: true, feed: 'evaluations:see', webhook: true }
	),
	// ── a model as judge: what it says is in none of these, for whoever may still vote
	'judging.started': event(
		v.strictObject({ number: v.number(), model: v.string(), pairs: v.number() }),
		({ number, model }) => `asked ${model} to judge comparison ${number}`,
		{ topics: ofEvaluation, audited: true, feed: 'evaluations:judge' }
	),
	'judging.retried': event(
		v.strictObject({ number: v.number(), model: v.string() }),
		({ number, model }) => `let ${model} go on judging comparison ${number}`,
		{ topics: ofEvaluation, audited: true }
	),
	'judging.cancelled': event(
		v.strictObject({ number: v.number(), model: v.string() }),
		({ number, model }) => `stopped ${model} from judging comparison ${number}`,
		{ topics: ofEvaluation, audited: true, feed: 'evaluations:judge' }
	),
	/** More pairs are judged, or what it waits for is something else. */
	'judging.progressed': event(
		v.strictObject({ number: v.number() }),
		({ number }) => `goes on with the judge of comparison ${number}`,
		{ topics: ofEvaluation }
	),
	'judging.done': event(
		v.strictObject({ number: v.number(), model: v.string(), pairs: v.number(), notJudged: v.number() }),
		({ number, model }) => `has the judgement of ${model} on comparison ${number}`,
		{ topics: ofEvaluation, feed: 'evaluations:judge', webhook: true }
	),
	'judging.failed': event(
		v.strictObject({ number: v.number(), model: v.string() }),
		({ number, model }) => `could not let ${model} judge comparison ${number} to the end`,
		{ topics: ofEvaluation, feed: 'evaluations:judge' }
	)
} as const satisfies Record<string, AnyKind>;

export type EventName = keyof typeof events;
type Details<Name extends EventName> = v.InferInput<(typeof events)[Name]['details']>;

/** One thing that has happened, as `record` takes it. */
export type Happening = { [Name in EventName]: { event: Name } & About<Details<Name>> }[EventName];
