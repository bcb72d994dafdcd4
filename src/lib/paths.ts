/** Every internal link: tests/paths.test.ts finds the route of each. `team` and `project` are slugs. */
const base = (team: string, project: string) => `/${team}/${project}`;

export const to = {
	home: () => '/',
	login: (next?: string) => (next ? `/login?next=${encodeURIComponent(next)}` : '/login'),
	/** Where one is led who has just deleted their account. */
	accountDeleted: () => '/login?deleted',
	confirmSignIn: (token: string) => `/login/confirm?token=${token}`,
	signInWith: (provider: string) => `/login/${provider}`,
	signInCallback: (provider: string) => `/login/${provider}/callback`,
	logout: () => '/logout',
	account: () => '/account',
	/** Where a mail leads to that is no longer wanted. */
	mails: (token: string) => `/account/mails/${token}`,
	/** Where one comes back to who had deleted their account. */
	accountKept: () => '/account?kept',
	deletedTeams: () => '/account#deleted-teams',
	device: (code?: string) => (code ? `/device?code=${encodeURIComponent(code)}` : '/device'),
	newTeam: () => '/teams/new',
	invitation: (token: string) => `/invitations/${token}`,
	guest: (token: string) => `/guest/${token}`,
	outbox: (mail?: string) => (mail ? `/dev/outbox/${mail}` : '/dev/outbox'),

	docs: () => '/docs',
	guide: (guide: string) => `/docs/${guide}`,
	reference: (search?: string) => (search ? `/docs/api?q=${encodeURIComponent(search)}` : '/docs/api'),
	referenceOf: (feature: string) => `/docs/api/${feature}`,
	commandLine: () => '/docs/cli',
	errorCodes: (code?: string) => (code ? `/docs/api/errors#${code}` : '/docs/api/errors'),
	/** A page of the docs as Markdown: `webhooks`, `api/examples`. */
	markdown: (page: string) => `/docs/${page}.md`,
	/** A data set of `examples/`, as the guides fetch it. */
	sampleFile: (sample: string) => `/docs/examples/${sample}.jsonl`,
	llms: () => '/llms.txt',
	openApi: () => '/api/openapi.json',

	team: (team: string) => `/${team}`,
	teamSettings: (team: string) => `/${team}/settings`,
	connections: (team: string) => `/${team}/settings/connections`,
	members: (team: string) => `/${team}/settings/members`,
	webhooks: (team: string) => `/${team}/settings/webhooks`,
	webhook: (team: string, webhook: string) => `/${team}/settings/webhooks/${webhook}`,
	keys: (team: string) => `/${team}/settings/keys`,
	audit: (team: string, asked: { about?: string; before?: number } = {}) => {
		const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
		return `/${team}/settings/audit${query.size > 0 ? `?${query}` : ''}`;
	},
	auditFile: (team: string, format: string) => `/${team}/settings/audit/${format}`,
	events: (team: string) => `/${team}/events`,
	newProject: (team: string) => `/${team}/projects/new`,

	project: base,
	rate: (team: string, project: string) => `${base(team, project)}/rate`,
	add: (team: string, project: string) => `${base(team, project)}/add`,
	examples: (team: string, project: string) => `${base(team, project)}/examples`,
	example: (team: string, project: string, example: string) => `${base(team, project)}/examples?selected=${example}`,
	split: (team: string, project: string) => `${base(team, project)}/split`,
	train: (team: string, project: string) => `${base(team, project)}/train`,
	newRun: (team: string, project: string) => `${base(team, project)}/train/new`,
	pairs: (team: string, project: string) => `${base(team, project)}/train/pairs`,
	compareRuns: (team: string, project: string, a: string, b: string) =>
		`${base(team, project)}/train/compare?${new URLSearchParams({ a, b })}`,
	run: (team: string, project: string, run: string) => `${base(team, project)}/train/${run}`,
	runFile: (team: string, project: string, run: string, kind: string) =>
		`${base(team, project)}/train/${run}/files/${kind}`,
	evaluations: (team: string, project: string) => `${base(team, project)}/eval`,
	prompts: (team: string, project: string) => `${base(team, project)}/eval/prompts`,
	newEvaluation: (team: string, project: string) => `${base(team, project)}/eval/new`,
	newScoring: (team: string, project: string) => `${base(team, project)}/eval/new-scoring`,
	newThreeWay: (team: string, project: string) => `${base(team, project)}/eval/new-three-way`,
	threeWay: (team: string, project: string, evaluation: string) =>
		`${base(team, project)}/eval/${evaluation}/three-way`,
	evaluation: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}`,
	vote: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}/vote`,
	score: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}/score`,
	scores: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}/scores`,
	scoresFile: (team: string, project: string, evaluation: string, format: 'json' | 'csv') =>
		`${base(team, project)}/eval/${evaluation}/scores/${format}`,
	judge: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}/judge`,
	results: (team: string, project: string, evaluation: string) => `${base(team, project)}/eval/${evaluation}/results`,
	resultsFile: (team: string, project: string, evaluation: string, format: 'json' | 'csv') =>
		`${base(team, project)}/eval/${evaluation}/results/${format}`,
	/** `asked`: who stands in the first panel, and in the second one if there is one (core/servings/contender). */
	playground: (team: string, project: string, asked: { a?: string; b?: string } = {}) => {
		const query = new URLSearchParams(asked);
		return `${base(team, project)}/playground${query.size > 0 ? `?${query}` : ''}`;
	},
	answers: (team: string, project: string) => `${base(team, project)}/playground/answers`,
	projectSettings: (team: string, project: string) => `${base(team, project)}/settings`
};

/** Where to go after signing in: a path of ours, or home. Anything that could leave the origin, or that a header cannot carry, is home. */
export const safeNext = (next: string | null | undefined) =>
	next && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) ? next : to.home();
