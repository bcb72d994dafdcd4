import type { Handle, HandleServerError, RequestEvent, ServerInit } from '@sveltejs/kit';
import { error, redirect } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { building, dev } from '$app/environment';
import { to } from '$lib/paths';
import { ConfigError } from '$lib/server/platform/config';
import { startServer } from '$lib/server/lifecycle';
import { refusal } from '$lib/server/http/endpoint';
import { secondsHeldBack } from '$lib/server/http/held-back';
import { keepAnswers } from '$lib/server/http/kept-answers';
import { secure } from '$lib/server/http/secure';
import { answerThrown } from '$lib/server/http/thrown';
import { currentSession, returningSession, sessionMark } from '$lib/server/access/sessions';
import { log } from '$lib/server/platform/log';
import { noProject, scopeFor } from '$lib/server/access/scope';
import errorPage from './error.html?raw';

export const init: ServerInit = async () => {
	if (building) return;
	try {
		await startServer();
	} catch (problem) {
		if (dev) throw problem; // Vite shows it on the page and goes on
		// A wrong configuration is a sentence that names every variable, and EX_CONFIG: a supervisor need not try again
		const isConfig = problem instanceof ConfigError;
		process.stderr.write(`${isConfig ? problem.message : (problem as Error).stack}\n`);
		process.exit(isConfig ? problem.exitCode : 1);
	}
};

/** The same for everybody, so that it may be kept by whoever carries it: no session is looked up, and none renewed. */
const isForEverybody = (route: string) => route.startsWith('/(docs)') || route === '/api/openapi.json';

const isInTeam = (route: string | null) => route?.startsWith('/[team=slug]') ?? false;

/**
 * A page that opens its live stream in a loop, behind a proxy that cuts it or by a script, is told to wait before anything is looked
 * up for it. HEAD opens none.
 */
const holdBack: Handle = ({ event, resolve }) => {
	if (event.route.id !== '/[team=slug]/events' || event.request.method !== 'GET') return resolve(event);
	const seconds = secondsHeldBack(sessionMark(event.cookies), event.getClientAddress());
	if (seconds === 0) return resolve(event);
	const message =
		'Live news is asked for again and again from here, so it has to wait a moment. Pages still show what is new when they are loaded again.';
	const answer = refusal(event, { status: 429, code: 'rate_limited', message });
	answer.headers.set('retry-after', String(seconds));
	return answer;
};

/** What people do once a second, in one transaction that asks who they are and where: they are not looked up before. */
const ratings = '/[team=slug]/[project=slug]/rate/ratings';

/**
 * Who is it, and what do they find at this address? Routes that need nobody in particular find `person: null`. A request may say in whose name it was made
 * (`x-person`): what a person decided and a page still keeps is not sent as somebody else's, who has signed in here since.
 */
const identify: Handle = async ({ event, resolve }) => {
	const route = event.route.id;
	const { team, project } = event.params;
	const place = team !== undefined && isInTeam(route) ? { team, project } : null;
	const be = (signedIn: Awaited<ReturnType<typeof currentSession>>) => {
		const meant = event.request.headers.get('x-person');
		const known = meant === null || meant === signedIn?.person?.id ? signedIn : null;
		event.locals.person = known?.person ?? null;
		event.locals.session = known?.session ?? null;
		event.locals.entry = known?.entry ?? null;
	};
	if (route === ratings) {
		const { present, again } = await returningSession(event.cookies, { team: team!, project: project! });
		be(present);
		if (again)
			event.locals.again = async () => {
				delete event.locals.again;
				be(await again());
				enter(event);
			};
	} else be(route && !isForEverybody(route) ? await currentSession(event.cookies, place) : null);
	return resolve(event);
};

/** The window a write comes from: in a header, or of a form in its address, since Kit sends no headers of ours. */
const tabOf = (request: Request, url: URL): string | null => {
	const tab = request.headers.get('x-tab') ?? url.searchParams.get('x-tab');
	return tab !== null && /^[0-9a-f-]{36}$/.test(tab) ? tab : null;
};

/** Which team, which project? Below `[team=slug]` a membership is needed; a stranger learns nothing, not even that the team exists. */
const enterTeam: Handle = async ({ event, resolve }) => {
	if (isInTeam(event.route.id)) enter(event);
	return resolve(event);
};

const enter = (event: RequestEvent) => {
	const { person, entry } = event.locals;
	// a page, or the data of one that was opened before the person signed out elsewhere
	const isForPage =
		event.request.method === 'GET' &&
		(event.isDataRequest || event.request.headers.get('accept')?.includes('text/html'));
	if (!person || !entry) {
		if (isForPage) {
			redirect(303, to.login(event.url.pathname + event.url.search));
		}
		error(401, { code: 'signed_out', message: 'You are signed out. Sign in and try again.' });
	}
	const { memberships, membership, project, heard } = entry;
	if (!membership)
		error(404, { code: 'not_found', message: 'There is nothing at this address, or it is not yours to see.' });
	if (event.params.project !== undefined && !project && !isForPage) {
		const { status, code, message } = noProject();
		error(status, { code, message });
	}
	const scope = scopeFor({
		teamId: membership.id,
		userId: person.id,
		role: membership.role,
		projectIds: membership.projectIds,
		authority: { personId: person.id, sessionHandle: event.locals.session!.handle },
		...(isForPage && { sharesLooks: true }),
		...(event.locals.again && {
			place: { team: event.params.team!, project: event.params.project!, projectId: project!.id }
		}),
		request: {
			id: event.locals.requestId,
			address: event.getClientAddress(),
			transactions: 0,
			tab: tabOf(event.request, event.url),
			left: event.request.signal
		}
	});
	Object.assign(event.locals, {
		team: membership,
		teams: memberships,
		heard,
		scope,
		hasProject: Boolean(project)
	});
	// a page of a project that is not there hears of it when it asks, and is told so inside the team's frame
	const inProject = project && { ...scope, project };
	Object.defineProperty(event.locals, 'project', {
		configurable: true,
		get: () => {
			if (inProject) return inProject;
			throw noProject();
		}
	});
};

/** Inside `secure`, so that what is thrown below leaves with its headers as well. */
const answer: Handle = async ({ event, resolve }) => {
	try {
		return await resolve(event);
	} catch (problem) {
		return answerThrown(event, problem, errorPage);
	}
};

/** Whoever writes them sees at once what they look like. */
const keepForEverybody: Handle = dev ? ({ event, resolve }) => resolve(event) : keepAnswers(isForEverybody);

const forPages = sequence(secure, answer, keepForEverybody, holdBack, identify, enterTeam);

const scripts = '/api/v1/[...path]';
let loading: Promise<{ fallback: (event: RequestEvent) => Promise<Response> }> | undefined;
/** Loaded when the first script asks, as Kit does it. */
const answerScript = async (event: RequestEvent) =>
	(await (loading ??= import('./routes/api/v1/[...path]/+server'))).fallback(event);

/** A script has a key and no session, and asks hundreds of times a second: Kit's way from here to its handler would be a tenth of the whole (measured).
 * What Kit's own pages ask for beside it is none of the API's. */
export const handle: Handle = (asked) =>
	asked.event.route.id === scripts && !asked.event.isDataRequest
		? secure({ ...asked, resolve: (event) => answer({ event, resolve: answerScript }) as Promise<Response> })
		: forPages(asked);

export const handleError: HandleServerError = ({ error: problem, event, status, message }) => {
	if (status < 500) {
		// Kit's own 404, 405, 413, 415: nothing broke
		return { code: 'request', message: status === 404 ? 'There is nothing at this address.' : message };
	}
	const bug = log.bug(problem, { request: event.locals.requestId, route: event.route.id });
	return { code: bug.code, message: bug.message, id: bug.id };
};
