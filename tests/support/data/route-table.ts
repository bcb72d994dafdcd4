// Long because it is one table: every route, who may pass it, and how it is opened.
import { randomUUID } from 'node:crypto';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { to } from '../../../src/lib/paths.ts';
import type { World } from './world.ts';

/** The order of the five statuses of a line. A stranger is the owner of another team. */
export const visitors = ['anonymous', 'stranger', 'rater', 'trainer', 'owner'] as const;
export type Visitor = (typeof visitors)[number];

export type Line = {
	at: (w: World) => string;
	/** Status for anonymous, stranger, rater, trainer, owner. */
	is: string;
	/** A form's fields, or the JSON of an endpoint. */
	send?: (w: World) => Record<string, unknown>;
	/** A body as it is, for the endpoints that take a file. */
	raw?: string;
	/** It changes whoever opens it, also the stranger. */
	changesVisitor?: true;
	/** What a foreign id of this name is answered with, where it is not 404: a choice in a form is refused under its field. */
	swap?: Record<string, number>;
};

/** Everybody's, team members only, and so on: how a page answers whom. The sign-in page is where somebody who is not signed in is sent. */
const open = '200 200 200 200 200';
const members = '303 404 200 200 200';
const makers = '303 404 403 200 200';
const owners = '303 404 403 403 200';
/** The same for endpoints without a page: they answer 401 instead of leading to the sign-in page. */
const data = { members: '401 404 200 200 200', makers: '401 404 403 200 200', owners: '401 404 403 403 200' };
/** For whoever may knock, but whose request makes no sense: the rest is stopped before that is known. */
const makersGet = (status: number) => `401 404 403 ${status} ${status}`;
const ownersGet = (status: number) => `401 404 403 403 ${status}`;
const everyoneGets = (status: number) => Array(5).fill(status).join(' ');

const team = '/[team=slug]';
const project = `${team}/[project=slug]`;
const evaluation = `${project}/eval/[evaluation]`;
const run = `${project}/train/[run]`;

const webhook = `${team}/settings/webhooks/[webhook]`;

const in_ = (address: (team: string, project: string) => string) => (w: World) => address(w.team, w.project);
const aRecipe = () => ({ clientId: randomUUID(), ...defaultRecipe });
const settings = (w: World) => ({
	name: 'Support',
	connectionId: w.connection,
	baseModel: 'sandbox-small',
	qualityThreshold: 8
});
const sandbox = { provider: 'sandbox', name: '', baseUrl: '', key: '' };

/** An endpoint without a line fails, and so does a line without an endpoint. Lines are tried in this order, `leave` and `endAll` last. */
export const lines: Record<string, Line> = {
	'/ page': { at: to.home, is: '200 303 303 303 303' },
	'/livez GET': { at: () => '/livez', is: open },
	'/readyz GET': { at: () => '/readyz', is: open },
	'/login page': { at: () => to.login(), is: '200 303 303 303 303' },
	'/login ?/send': { at: () => to.login(), is: everyoneGets(422), send: () => ({ email: 'nobody' }) },
	'/login ?/code': { at: () => to.login(), is: everyoneGets(410), send: () => ({ code: 'ABCDEF' }) },
	'/login/confirm page': { at: () => to.confirmSignIn('unknown'), is: open },
	'/login/confirm ?/default': {
		at: () => to.confirmSignIn('unknown'),
		is: everyoneGets(410),
		send: () => ({ token: 'unknown' })
	},
	// none is configured here; tests/server/access/oauth.test.ts has one
	'/login/[provider] GET': { at: () => to.signInWith('github'), is: everyoneGets(404) },
	'/login/[provider]/callback GET': { at: () => to.signInCallback('github'), is: everyoneGets(404) },
	'/logout POST': { at: to.logout, is: everyoneGets(303) },
	'/account page': { at: to.account, is: '303 200 200 200 200' },
	'/account ?/rename': {
		at: to.account,
		is: '303 200 200 200 200',
		send: () => ({ name: 'Kim' }),
		changesVisitor: true
	},
	'/account ?/end': { at: to.account, is: '303 200 200 200 200', send: () => ({ handle: randomUUID() }) },
	'/account ?/endToken': {
		at: to.account,
		is: '303 404 404 404 200',
		send: (w) => ({ tokenId: w.personalToken })
	},
	'/account ?/restoreTeam': { at: to.account, is: '303 404 404 404 404', send: (w) => ({ teamId: w.teamId }) },
	// with what they have by default: the world is asked again by others
	'/account ?/mails': {
		at: to.account,
		is: '303 200 200 200 200',
		send: () => ({ verdicts: 'true', runs: 'true' }),
		changesVisitor: true
	},
	'/account/mails/[token] page': { at: () => to.mails('unknown'), is: open },
	'/account/mails/[token] ?/default': { at: () => to.mails('unknown'), is: everyoneGets(410) },
	// with an address that is nobody's here; tests/server/ends deletes some
	'/account ?/delete': { at: to.account, is: '303 422 422 422 422', send: () => ({ confirm: 'x@example.com' }) },
	'/device page': { at: (w) => to.device(w.code), is: '303 200 200 200 200' },
	'/device ?/refuse': {
		at: () => to.device(),
		is: '303 410 410 410 410',
		send: () => ({ code: 'ZZZZ-ZZZZ' })
	},
	'/device ?/confirm': {
		at: () => to.device(),
		// the stranger is not in that team; the rater is, and after that it is answered
		is: '303 404 200 410 410',
		send: (w) => ({ code: w.code, teamId: w.teamId }),
		swap: { teamId: 410 }
	},
	'/api/mcp POST': { at: () => '/api/mcp', is: everyoneGets(401), send: () => ({}) },
	'/api/v1/device POST': { at: () => '/api/v1/device', is: open, send: () => ({ client: 'ait' }) },
	'/api/v1/device/token POST': {
		at: () => '/api/v1/device/token',
		is: everyoneGets(400),
		send: () => ({ deviceCode: 'unknown' })
	},
	'/teams/new page': { at: to.newTeam, is: '303 200 200 200 200' },
	'/teams/new ?/default': { at: to.newTeam, is: everyoneGets(303), send: () => ({ name: 'Another' }) },
	'/guest/[token] page': { at: (w) => to.guest(w.guestToken), is: open },
	'/guest/[token] ?/begin': { at: (w) => to.guest(w.guestToken), is: open },
	// whoever has not begun has no ballot
	'/guest/[token] ?/vote': {
		at: (w) => to.guest(w.guestToken),
		is: everyoneGets(404),
		send: (w) => ({ ballotId: w.ballot, choice: 'tie', clientId: randomUUID() })
	},
	'/guest/[token] ?/undo': {
		at: (w) => to.guest(w.guestToken),
		is: everyoneGets(404),
		send: () => ({ clientId: randomUUID() })
	},
	'/invitations/[token] page': { at: (w) => to.invitation(w.token), is: open },
	'/invitations/[token] ?/default': { at: (w) => to.invitation(w.token), is: '303 403 403 403 403' },
	'/api/openapi.json GET': { at: to.openApi, is: open },
	'/(docs)/docs page': { at: to.docs, is: open },
	'/(docs)/docs/[guide] page': { at: () => to.guide('first-call'), is: open },
	'/(docs)/docs/api page': { at: () => to.reference('import'), is: open },
	'/(docs)/docs/api/[feature] page': { at: () => to.referenceOf('ratings'), is: open },
	'/(docs)/docs/api/errors page': { at: () => to.errorCodes(), is: open },
	'/(docs)/docs/cli page': { at: to.commandLine, is: open },
	'/(docs)/docs/examples/[sample].jsonl GET': { at: () => to.sampleFile('code-review'), is: open },
	'/(docs)/docs/[page].md GET': { at: () => to.markdown('first-call'), is: open },
	'/(docs)/docs/api/[page].md GET': { at: () => to.markdown('api/examples'), is: open },
	'/(docs)/llms.txt GET': { at: to.llms, is: open },
	'/dev/outbox page': { at: () => to.outbox(), is: open },
	'/dev/outbox/[mail] page': { at: (w) => to.outbox(w.mail), is: open },
	'/dev/ui page': { at: () => '/dev/ui', is: open },
	'/dev/ui/shell page': { at: () => '/dev/ui/shell', is: open },

	// who rates in one project lands on its cards
	[`${team} page`]: { at: (w) => to.team(w.team), is: '303 404 303 200 200' },
	// nothing is deleted in these worlds
	[`${team} ?/restore`]: { at: (w) => to.team(w.team), is: ownersGet(404), send: () => ({ projectId: randomUUID() }) },
	[`${team}/events GET`]: { at: (w) => to.events(w.team), is: data.members },
	[`${team}/projects/new page`]: { at: (w) => to.newProject(w.team), is: makers },
	[`${team}/projects/new ?/create`]: {
		at: (w) => to.newProject(w.team),
		is: makersGet(303),
		send: (w) => ({
			clientId: randomUUID(),
			name: 'Second',
			baseModel: 'sandbox-small',
			provider: 'sandbox',
			connectionId: w.connection
		}),
		swap: { connection: 422 }
	},
	[`${team}/projects/new ?/models`]: {
		at: (w) => to.newProject(w.team),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection })
	},
	[`${team}/projects/new ?/tryNew`]: { at: (w) => to.newProject(w.team), is: data.owners, send: () => sandbox },
	[`${team}/settings page`]: { at: (w) => to.teamSettings(w.team), is: members },
	[`${team}/settings ?/restore`]: {
		at: (w) => to.teamSettings(w.team),
		is: ownersGet(404),
		send: () => ({ projectId: randomUUID() })
	},
	[`${team}/settings/connections page`]: { at: (w) => to.connections(w.team), is: makers },
	[`${team}/settings/connections ?/tryNew`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: () => sandbox
	},
	[`${team}/settings/connections ?/create`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: () => sandbox
	},
	[`${team}/settings/connections ?/test`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection })
	},
	[`${team}/settings/connections ?/replaceKey`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection, key: 'another-key' })
	},
	[`${team}/settings/connections ?/setPrice`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.pricedConnection, model: 'a-model', trainingCentsPerMillion: '40' })
	},
	[`${team}/settings/connections ?/look`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection })
	},
	[`${team}/settings/connections ?/stopStray`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection, mark: 'ait-v1-gone' })
	},
	[`${team}/settings/connections ?/switchStrays`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection, stops: 'true' })
	},
	[`${team}/settings/connections ?/remove`]: {
		at: (w) => to.connections(w.team),
		is: data.owners,
		send: (w) => ({ connectionId: w.spareConnection })
	},
	[`${team}/settings/keys page`]: { at: (w) => to.keys(w.team), is: owners },
	[`${team}/settings/keys ?/create`]: {
		at: (w) => to.keys(w.team),
		is: data.owners,
		send: (w) => ({ name: 'Nightly import', role: 'trainer', projectIds: w.projectId, days: 90 }),
		swap: { projectId: 422 }
	},
	[`${team}/settings/keys ?/roll`]: {
		at: (w) => to.keys(w.team),
		is: data.owners,
		send: (w) => ({ keyId: w.key, graceHours: 24 })
	},
	[`${team}/settings/keys ?/revoke`]: { at: (w) => to.keys(w.team), is: data.owners, send: (w) => ({ keyId: w.key }) },
	[`${team}/settings/members page`]: { at: (w) => to.members(w.team), is: owners },
	[`${team}/settings/members ?/invite`]: {
		at: (w) => to.members(w.team),
		is: data.owners,
		send: (w) => ({ email: `${randomUUID()}@example.com`, role: 'rater', projectIds: w.projectId }),
		swap: { projectId: 422 }
	},
	[`${team}/settings/members ?/resend`]: {
		at: (w) => to.members(w.team),
		is: data.owners,
		send: (w) => ({ invitationId: w.invitation })
	},
	[`${team}/settings/members ?/revoke`]: {
		at: (w) => to.members(w.team),
		is: data.owners,
		send: (w) => ({ invitationId: w.invitation })
	},
	[`${team}/settings/members ?/change`]: {
		at: (w) => to.members(w.team),
		is: data.owners,
		send: (w) => ({ personId: w.sparePerson, role: 'rater', projectIds: w.projectId }),
		swap: { projectId: 422 }
	},
	[`${team}/settings/members ?/remove`]: {
		at: (w) => to.members(w.team),
		is: data.owners,
		send: (w) => ({ personId: w.leaver })
	},

	[`${team}/settings/webhooks page`]: { at: (w) => to.webhooks(w.team), is: makers },
	[`${team}/settings/webhooks ?/create`]: {
		at: (w) => to.webhooks(w.team),
		is: data.makers,
		send: (w) => ({ url: w.hook, events: 'run.failed', projectIds: w.projectId }),
		swap: { projectId: 422 }
	},
	[`${webhook} page`]: { at: (w) => to.webhook(w.team, w.webhook), is: makers },
	[`${webhook} ?/update`]: {
		at: (w) => to.webhook(w.team, w.webhook),
		is: data.makers,
		send: (w) => ({ events: 'run.finished', projectIds: w.projectId }),
		swap: { projectId: 422 }
	},
	[`${webhook} ?/roll`]: {
		at: (w) => to.webhook(w.team, w.webhook),
		is: data.makers,
		send: () => ({ overlapHours: '24' })
	},
	[`${webhook} ?/pause`]: { at: (w) => to.webhook(w.team, w.webhook), is: data.makers },
	[`${webhook} ?/resume`]: { at: (w) => to.webhook(w.team, w.webhook), is: data.makers },
	[`${webhook} ?/test`]: { at: (w) => to.webhook(w.team, w.webhook), is: data.makers },
	[`${webhook} ?/again`]: {
		at: (w) => to.webhook(w.team, w.webhook),
		is: data.makers,
		send: (w) => ({ deliveryId: w.delivery })
	},

	[`${project} page`]: { at: in_(to.project), is: members },
	[`${project}/playground page`]: { at: in_(to.playground), is: makers },
	[`${project}/playground/answers POST`]: {
		at: in_(to.answers),
		is: data.makers,
		send: () => ({ messages: [{ role: 'user', content: 'Do you ship to Norway?' }], maxTokens: 20 })
	},
	[`${project}/playground ?/models`]: {
		at: in_(to.playground),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection })
	},
	// the model of this run was never at a provider
	[`${project}/playground ?/price`]: { at: in_(to.playground), is: makersGet(200), send: (w) => ({ runId: w.run }) },
	[`${project}/playground ?/serve`]: { at: in_(to.playground), is: makersGet(409), send: (w) => ({ runId: w.run }) },
	[`${project}/playground ?/stop`]: { at: in_(to.playground), is: makersGet(200), send: (w) => ({ runId: w.run }) },
	[`${project}/playground ?/save`]: {
		at: in_(to.playground),
		is: data.makers,
		send: () => ({
			messages: JSON.stringify([
				{ role: 'user', content: `Do you ship to Norway? ${randomUUID()}` },
				{ role: 'assistant', content: 'Yes.' }
			])
		})
	},
	[`${project}/playground ?/prefer`]: {
		at: in_(to.playground),
		is: data.makers,
		send: () => ({
			clientId: randomUUID(),
			prompt: JSON.stringify([{ role: 'user', content: 'Do you ship to Norway?' }]),
			chosen: 'Yes.',
			rejected: 'No.',
			chosenBy: 'v1',
			rejectedBy: 'sandbox-small'
		})
	},
	[`${project}/playground ?/withdraw`]: {
		at: in_(to.playground),
		is: data.makers,
		send: (w) => ({ pairId: w.pair })
	},
	[`${project}/settings page`]: { at: in_(to.projectSettings), is: owners },
	[`${project}/settings ?/save`]: {
		at: in_(to.projectSettings),
		is: data.owners,
		send: settings,
		swap: { connection: 422 }
	},
	[`${project}/settings ?/budget`]: {
		at: in_(to.projectSettings),
		is: data.owners,
		send: () => ({ budgetCents: 5000 })
	},
	// what is typed is not the name: the worlds keep their project
	[`${project}/settings ?/delete`]: {
		at: in_(to.projectSettings),
		is: ownersGet(422),
		send: () => ({ confirm: 'Another' })
	},
	[`${project}/settings ?/models`]: {
		at: in_(to.projectSettings),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection })
	},
	[`${project}/rate page`]: { at: in_(to.rate), is: members },
	[`${project}/rate/cards GET`]: { at: (w) => `${to.rate(w.team, w.project)}/cards?id=${w.example}`, is: data.members },
	[`${project}/rate/cards POST`]: {
		at: (w) => `${to.rate(w.team, w.project)}/cards`,
		is: data.members,
		send: () => ({ filter: 'all' })
	},
	[`${project}/rate/ratings POST`]: {
		at: (w) => `${to.rate(w.team, w.project)}/ratings`,
		is: data.members,
		send: (w) => ({ exampleId: w.example, score: 7, clientId: randomUUID() })
	},
	[`${project}/rate/rewrites POST`]: {
		at: (w) => `${to.rate(w.team, w.project)}/rewrites`,
		is: data.members,
		send: (w) => ({ exampleId: w.example, output: `Better ${randomUUID()}`, score: 9, clientId: randomUUID() })
	},
	[`${project}/rate/rewrites DELETE`]: {
		at: (w) => `${to.rate(w.team, w.project)}/rewrites`,
		// there is no such rewrite; nobody is refused for the role
		is: '401 404 404 404 404',
		send: (w) => ({ exampleId: w.example, rewrite: randomUUID(), clientId: randomUUID() })
	},
	[`${project}/add page`]: { at: in_(to.add), is: makers },
	[`${project}/add ?/write`]: {
		at: in_(to.add),
		is: data.makers,
		send: () => ({
			messages: JSON.stringify([
				{ role: 'user', content: `Is it open on ${randomUUID()}?` },
				{ role: 'assistant', content: 'Yes.' }
			])
		})
	},
	[`${project}/add ?/sample`]: { at: in_(to.add), is: data.makers, send: () => ({ sample: 'code-review' }) },
	[`${project}/add/import POST`]: {
		at: (w) => `${to.add(w.team, w.project)}/import`,
		is: data.makers,
		raw: '{"messages":[{"role":"user","content":"Is it new?"},{"role":"assistant","content":"Yes."}]}\n'
	},
	[`${project}/examples page`]: {
		at: (w) => `${to.examples(w.team, w.project)}?selected=${w.example}`,
		is: members,
		// the list, with nothing open beside it
		swap: { example: 200 }
	},
	[`${project}/examples ?/delete`]: { at: in_(to.examples), is: data.makers, send: (w) => ({ ids: w.unrated }) },
	[`${project}/examples ?/restore`]: { at: in_(to.examples), is: data.makers, send: (w) => ({ ids: w.unrated }) },
	[`${project}/examples ?/move`]: {
		at: in_(to.examples),
		is: data.makers,
		send: (w) => ({ ids: w.unrated, side: 'unassigned' })
	},
	[`${project}/split page`]: { at: in_(to.split), is: makers },
	[`${project}/split ?/apply`]: { at: in_(to.split), is: data.makers, send: () => ({ ratio: '0.8', seed: '1' }) },
	[`${project}/examples/export GET`]: { at: (w) => `${to.examples(w.team, w.project)}/export`, is: data.makers },
	[`${project}/train page`]: { at: in_(to.train), is: makers },
	[`${project}/train/pairs page`]: { at: in_(to.pairs), is: makers },
	[`${project}/train/compare page`]: { at: (w) => to.compareRuns(w.team, w.project, w.run, w.failed), is: makers },
	[`${project}/train/new page`]: { at: in_(to.newRun), is: makers },
	[`${project}/train/new ?/models`]: { at: in_(to.newRun), is: data.makers },
	[`${project}/train/new ?/start`]: {
		at: in_(to.newRun),
		is: makersGet(422),
		// more than the sandbox takes
		send: () => ({ ...aRecipe(), epochs: 20, batchSize: 128, loraRank: 128 })
	},
	[`${run} page`]: { at: (w) => to.run(w.team, w.project, w.run), is: makers },
	[`${run} ?/cancel`]: { at: (w) => to.run(w.team, w.project, w.run), is: makersGet(409) },
	[`${run} ?/serve`]: { at: (w) => to.run(w.team, w.project, w.failed), is: makersGet(409) },
	[`${run} ?/stop`]: { at: (w) => to.run(w.team, w.project, w.run), is: data.makers },
	[`${run}/files/[kind] GET`]: { at: (w) => to.runFile(w.team, w.project, w.run, 'train'), is: data.makers },
	[`${project}/eval page`]: { at: in_(to.evaluations), is: members },
	[`${project}/eval/prompts page`]: { at: in_(to.prompts), is: makers },
	[`${project}/eval/prompts ?/add`]: {
		at: in_(to.prompts),
		is: data.makers,
		send: () => ({ prompts: '["May I pay by invoice?"]' })
	},
	[`${project}/eval/prompts ?/delete`]: { at: in_(to.prompts), is: data.makers, send: (w) => ({ ids: w.prompt }) },
	[`${project}/eval/prompts ?/restore`]: { at: in_(to.prompts), is: data.makers, send: (w) => ({ ids: w.prompt }) },
	[`${project}/eval/prompts/import POST`]: {
		at: (w) => `${to.prompts(w.team, w.project)}/import`,
		is: data.makers,
		raw: 'May I pay in two instalments?\n'
	},
	[`${project}/eval/new page`]: { at: in_(to.newEvaluation), is: makers },
	// the model of this run was never at a provider
	[`${project}/eval/new ?/price`]: {
		at: in_(to.newEvaluation),
		is: makersGet(200),
		send: (w) => ({ runId: w.run, ofBase: 'true' })
	},
	[`${project}/eval/new ?/create`]: {
		at: in_(to.newEvaluation),
		is: makersGet(409),
		send: (w) => ({ runId: w.failed, against: 'base', pairs: 10, temperature: 0, maxTokens: 100 })
	},
	[`${project}/eval/new ?/models`]: {
		at: in_(to.newEvaluation),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection })
	},
	[`${evaluation} ?/invite`]: {
		at: (w) => to.evaluation(w.team, w.project, w.voting),
		is: data.makers,
		send: () => ({ title: 'Which is better?', pairs: 1, guests: 1, days: 1 })
	},
	[`${evaluation} ?/revoke`]: {
		at: (w) => to.evaluation(w.team, w.project, w.voting),
		is: data.makers,
		send: (w) => ({ linkId: w.guestLink })
	},
	[`${evaluation} ?/restore`]: {
		at: (w) => to.evaluation(w.team, w.project, w.voting),
		is: data.makers,
		send: (w) => ({ linkId: w.guestLink })
	},
	[`${project}/eval/new ?/fewShot`]: { at: in_(to.newEvaluation), is: data.makers, send: () => ({ examples: 3 }) },
	[`${project}/eval/new-scoring ?/fewShot`]: { at: in_(to.newScoring), is: data.makers, send: () => ({ examples: 3 }) },
	[`${project}/eval/new-three-way page`]: { at: in_(to.newThreeWay), is: makers },
	[`${project}/eval/new-three-way ?/create`]: {
		at: in_(to.newThreeWay),
		is: makersGet(409),
		send: (w) => ({ runId: w.failed, fewShot: '{"examples":3}', pairs: 10, temperature: 0, maxTokens: 100 })
	},
	[`${project}/eval/new-three-way ?/fewShot`]: {
		at: in_(to.newThreeWay),
		is: data.makers,
		send: () => ({ examples: 3 })
	},
	// the model of this run was never at a provider
	[`${project}/eval/new-three-way ?/price`]: {
		at: in_(to.newThreeWay),
		is: makersGet(200),
		send: (w) => ({ runId: w.run, ofBase: 'true' })
	},
	[`${evaluation}/three-way page`]: { at: (w) => to.threeWay(w.team, w.project, w.threeWay), is: members },
	// it stands alone
	[`${evaluation}/three-way ?/reveal`]: { at: (w) => to.threeWay(w.team, w.project, w.stuck), is: makersGet(409) },
	[`${evaluation}/three-way ?/retry`]: { at: (w) => to.threeWay(w.team, w.project, w.voting), is: data.makers },
	[`${project}/eval/new-scoring page`]: { at: in_(to.newScoring), is: makers },
	[`${project}/eval/new-scoring ?/create`]: {
		at: in_(to.newScoring),
		is: makersGet(409),
		send: (w) => ({ runId: w.failed, pairs: 10, temperature: 0, maxTokens: 100 })
	},
	[`${project}/eval/new-scoring ?/models`]: {
		at: in_(to.newScoring),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection })
	},
	// it compares two models
	[`${evaluation}/score page`]: {
		at: (w) => to.score(w.team, w.project, w.voting),
		is: '303 404 409 409 409'
	},
	[`${evaluation}/score GET`]: { at: (w) => to.score(w.team, w.project, w.voting), is: '401 404 409 409 409' },
	[`${evaluation}/score POST`]: {
		at: (w) => to.score(w.team, w.project, w.voting),
		// whose ballot it is hears that two models are compared here
		is: '401 404 409 404 404',
		send: (w) => ({ ballotId: w.ballot, score: 8, clientId: randomUUID() })
	},
	[`${evaluation}/scores page`]: { at: (w) => to.scores(w.team, w.project, w.voting), is: '303 404 409 409 409' },
	[`${evaluation}/scores ?/reveal`]: { at: (w) => to.scores(w.team, w.project, w.stuck), is: makersGet(409) },
	[`${evaluation}/scores/[format] GET`]: {
		at: (w) => to.scoresFile(w.team, w.project, w.voting, 'json'),
		is: '401 404 409 409 409'
	},
	[`${evaluation}/vote PUT`]: {
		at: (w) => to.vote(w.team, w.project, w.voting),
		// the ballot is the rater's own, who has not judged it yet
		is: '401 404 409 404 404',
		send: (w) => ({ ballotId: w.ballot, first: 8, second: 5, clientId: randomUUID() })
	},
	[`${evaluation} page`]: { at: (w) => to.evaluation(w.team, w.project, w.voting), is: members },
	[`${evaluation} ?/retry`]: { at: (w) => to.evaluation(w.team, w.project, w.voting), is: data.makers },
	[`${evaluation}/vote page`]: { at: (w) => to.vote(w.team, w.project, w.voting), is: members },
	[`${evaluation}/vote GET`]: { at: (w) => to.vote(w.team, w.project, w.voting), is: data.members },
	[`${evaluation}/vote POST`]: {
		at: (w) => to.vote(w.team, w.project, w.voting),
		// the ballot is the rater's own: nobody votes for somebody else
		is: '401 404 200 404 404',
		send: (w) => ({ ballotId: w.ballot, choice: 'tie', clientId: randomUUID() })
	},
	[`${evaluation}/results page`]: { at: (w) => to.results(w.team, w.project, w.revealed), is: members },
	[`${evaluation}/judge page`]: { at: (w) => to.judge(w.team, w.project, w.voting), is: makers },
	// the model of this world was never at a provider
	[`${evaluation}/judge ?/start`]: {
		at: (w) => to.judge(w.team, w.project, w.stuck),
		is: makersGet(409),
		// that its answers are not there is said first
		swap: { connection: 409 },
		send: (w) => ({ connectionId: w.connection, model: 'sandbox-large' })
	},
	[`${evaluation}/judge ?/price`]: {
		at: (w) => to.judge(w.team, w.project, w.voting),
		is: data.makers,
		send: (w) => ({ connectionId: w.connection, model: 'sandbox-large' })
	},
	[`${evaluation}/judge ?/models`]: {
		at: (w) => to.judge(w.team, w.project, w.voting),
		is: data.makers,
		// models are the team’s, whichever page asks
		swap: { voting: 200 },
		send: (w) => ({ connectionId: w.connection })
	},
	[`${evaluation}/judge ?/cancel`]: {
		at: (w) => to.judge(w.team, w.project, w.voting),
		is: makersGet(404),
		send: () => ({ judgingId: randomUUID() })
	},
	[`${evaluation}/judge ?/retry`]: {
		at: (w) => to.judge(w.team, w.project, w.voting),
		is: makersGet(404),
		send: () => ({ judgingId: randomUUID() })
	},
	[`${evaluation}/results ?/cancelJudge`]: {
		at: (w) => to.results(w.team, w.project, w.revealed),
		is: makersGet(404),
		send: () => ({ judgingId: randomUUID() })
	},
	[`${evaluation}/results ?/retryJudge`]: {
		at: (w) => to.results(w.team, w.project, w.revealed),
		is: makersGet(404),
		send: () => ({ judgingId: randomUUID() })
	},
	[`${evaluation}/results ?/reveal`]: {
		at: (w) => to.results(w.team, w.project, w.stuck),
		is: makersGet(409)
	},
	[`${evaluation}/results ?/continue`]: {
		at: (w) => to.results(w.team, w.project, w.stuck),
		send: () => ({ prompts: '1' }),
		is: makersGet(409)
	},
	[`${evaluation}/results/[format] GET`]: {
		at: (w) => to.resultsFile(w.team, w.project, w.revealed, 'json'),
		is: data.members
	},

	// the trainer removes it, and the owner finds nothing
	[`${webhook} ?/remove`]: { at: (w) => to.webhook(w.team, w.spareWebhook), is: '401 404 403 303 404' },
	[`${team}/settings/audit page`]: { at: (w) => to.audit(w.team), is: '303 404 403 403 200' },
	[`${team}/settings/audit/[format] GET`]: { at: (w) => to.auditFile(w.team, 'csv'), is: '401 404 403 403 200' },
	[`${team}/settings ?/delete`]: {
		at: (w) => to.teamSettings(w.team),
		is: '401 404 403 403 422',
		send: () => ({ confirm: 'Another' })
	},
	[`${team}/settings ?/leave`]: { at: (w) => to.teamSettings(w.team), is: '401 404 303 303 409' },
	'/account ?/endAll': { at: to.account, is: everyoneGets(303) }
};
