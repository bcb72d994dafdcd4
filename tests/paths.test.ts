import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { safeNext, to } from '../src/lib/paths.ts';
import { match as slug } from '../src/params/slug.ts';

const matchers: Record<string, (param: string) => boolean> = { slug };

/** What has to be filled in when each link is asked for. */
const samples: { [Link in keyof typeof to]-?: Required<Parameters<(typeof to)[Link]>> } = {
	home: [],
	login: ['/northwind'],
	accountDeleted: [],
	confirmSignIn: ['a-token'],
	signInWith: ['github'],
	signInCallback: ['github'],
	logout: [],
	account: [],
	mails: ['verdicts.a-token'],
	accountKept: [],
	deletedTeams: [],
	device: ['BCDF-GHJK'],
	newTeam: [],
	invitation: ['a-token'],
	guest: ['a-token'],
	outbox: ['a-mail'],
	docs: [],
	guide: ['webhooks'],
	reference: ['runs'],
	referenceOf: ['examples'],
	commandLine: [],
	errorCodes: ['invalid'],
	markdown: ['api'],
	sampleFile: ['code-review'],
	llms: [],
	openApi: [],
	team: ['northwind'],
	teamSettings: ['northwind'],
	connections: ['northwind'],
	members: ['northwind'],
	webhooks: ['northwind'],
	webhook: ['northwind', 'an-id'],
	keys: ['northwind'],
	audit: ['northwind', { about: 'people', before: 12 }],
	auditFile: ['northwind', 'csv'],
	events: ['northwind'],
	newProject: ['northwind'],
	project: ['northwind', 'support'],
	rate: ['northwind', 'support'],
	add: ['northwind', 'support'],
	examples: ['northwind', 'support'],
	example: ['northwind', 'support', 'an-id'],
	split: ['northwind', 'support'],
	train: ['northwind', 'support'],
	newRun: ['northwind', 'support'],
	pairs: ['northwind', 'support'],
	compareRuns: ['northwind', 'support', 'an-id', 'another-id'],
	run: ['northwind', 'support', 'an-id'],
	runFile: ['northwind', 'support', 'an-id', 'train'],
	evaluations: ['northwind', 'support'],
	prompts: ['northwind', 'support'],
	newEvaluation: ['northwind', 'support'],
	newScoring: ['northwind', 'support'],
	newThreeWay: ['northwind', 'support'],
	threeWay: ['northwind', 'support', 'an-evaluation'],
	score: ['northwind', 'support', 'an-id'],
	scores: ['northwind', 'support', 'an-id'],
	scoresFile: ['northwind', 'support', 'an-id', 'csv'],
	evaluation: ['northwind', 'support', 'an-id'],
	vote: ['northwind', 'support', 'an-id'],
	judge: ['northwind', 'support', 'an-id'],
	results: ['northwind', 'support', 'an-id'],
	resultsFile: ['northwind', 'support', 'an-id', 'csv'],
	playground: ['northwind', 'support', { a: 'base', b: 'run:an-id' }],
	answers: ['northwind', 'support'],
	projectSettings: ['northwind', 'support']
};

/** Every route that answers by itself, as its segments; groups are not in the address. */
const routes = [
	...new Set(
		fs
			.readdirSync('src/routes', { recursive: true, encoding: 'utf8' })
			.filter((file) => /^\+(page(@.*)?\.svelte|server\.ts)$/.test(path.basename(file)))
			.map((file) => path.dirname(file))
	)
].map((folder) => folder.split(path.sep).filter((segment) => segment !== '.' && !/^\(.*\)$/.test(segment)));

/** Whether the route answers this address. What stands in a param has to be what was filled in: `new` is no id. */
const answers = (segments: string[], address: string[], filledIn: readonly string[]) =>
	segments.length === address.length &&
	segments.every((segment, i) => {
		const [, , matcher] = /^\[(\w+)(?:=(\w+))?\]$/.exec(segment) ?? [];
		if (!segment.startsWith('[')) return segment === address[i];
		const [, , ending] = /^\[(\w+)\](\..+)$/.exec(segment) ?? [];
		if (ending !== undefined) return address[i]!.endsWith(ending);
		return filledIn.includes(address[i]!) && (matcher === undefined || matchers[matcher]!(address[i]!));
	});

describe('every link leads to a route', () => {
	test.each(Object.entries(samples) as [keyof typeof to, string[]][])('%s', (link, filledIn) => {
		for (const args of ['login', 'outbox', 'device'].includes(link) ? [filledIn, []] : [filledIn]) {
			const href = (to[link] as (...args: string[]) => string)(...args);
			const { pathname } = new URL(href, 'http://localhost');
			const address = pathname.split('/').filter((segment) => segment !== '');
			expect(
				routes.filter((segments) => answers(segments, address, args)),
				href
			).toHaveLength(1);
		}
	});
});

describe('where to go after signing in stays on our origin', () => {
	test.each([
		'/',
		'/northwind',
		'/northwind/support/rate?n=1#top',
		'/a//b',
		'/invitations/abc-_',
		'/?q=https://x.example'
	])('%s is kept', (next) => {
		expect(safeNext(next)).toBe(next);
		expect(new URL(safeNext(next), 'https://us.example').origin).toBe('https://us.example');
	});

	test.each([
		'//evil.example',
		'///evil.example',
		'/\\evil.example',
		'/\\/evil.example',
		'\\\\evil.example',
		'/a\\..\\b',
		'https://evil.example',
		'https:evil.example',
		'javascript:alert(1)',
		'data:text/html,x',
		'evil.example',
		' //evil.example',
		'/\t/evil.example',
		'/\n/evil.example',
		'/\r\nset-cookie: a=b',
		'/\u0000',
		'/日本',
		'/a b',
		'',
		null,
		undefined
	])('%j becomes home', (next) => {
		expect(safeNext(next)).toBe('/');
	});
});
