import { error } from '@sveltejs/kit';
import { events } from '$lib/contract/events';
import { tools } from '$lib/contract/mcp';
import { restBase } from '$lib/contract/openapi/document';
import { keyLimit, strangerLimit } from '$lib/contract/rest-limits';
import { graceDays } from '$lib/core/project/grace';
import { warnedDaysBefore } from '$lib/core/keys/rules';
import { config } from '$lib/server/platform/config';
import { sampleProject } from './samples.ts';

const files = import.meta.glob<string>('./guides/*.md', { query: '?raw', import: 'default', eager: true });
const sources = Object.fromEntries(
	Object.entries(files).map(([file, text]) => [/([\w-]+)\.md$/.exec(file)![1]!, text])
);

const scripts = import.meta.glob<string>('/examples/api/*', { query: '?raw', import: 'default', eager: true });

/** All guides, in the order in which one reads them. */
export const guideSections = [
	{ title: 'Use cases', names: ['customer-support', 'code-review', 'domain-questions', 'preferences', 'three-way'] },
	{ title: 'Providers', names: ['sandbox', 'together', 'openai', 'own-server'] },
	{
		title: 'API',
		names: ['first-call', 'tokens', 'errors', 'limits', 'idempotency', 'lists', 'webhooks', 'agents']
	},
	{ title: 'Scripts', names: ['import-large', 'train-on-threshold', 'export-to-bucket', 'ci-gate'] },
	{ title: 'When in doubt', names: ['troubleshooting', 'your-data', 'how-it-is-built'] }
] as const;
const guideNames: readonly string[] = guideSections.flatMap(({ names }) => names);

type Entry = { webhook: boolean; details: { entries: Record<string, unknown> } };
const webhookEvents = () =>
	Object.entries(events as unknown as Record<string, Entry>)
		.filter(([, { webhook }]) => webhook)
		.map(
			([name, { details }]) =>
				`| \`${name}\` | ${
					Object.keys(details.entries)
						.map((field) => `\`${field}\``)
						.join(', ') || 'nothing more'
				} |`
		);

const toolRows = () =>
	tools.map(
		({ name, title, pressed }) =>
			`| \`${name}\` | ${title} | ${pressed ? { costs: 'a link, where it costs', deletes: 'a link', invites: 'a link' }[pressed] : ''} |`
	);

/** A script as a block of code: the page shows what runs. */
const scriptText = (file: string) => {
	const text = scripts[`/examples/api/${file}`];
	if (!text) throw new Error(`A guide shows ${file}, and there is no such script.`);
	return ['```' + (file.endsWith('.sh') ? 'sh' : 'typescript'), text.trimEnd(), '```'].join('\n');
};

const filled = (source: string): string => {
	const { origin, apiRequestsPerMinute } = config();
	const { most, perSeconds } = keyLimit(apiRequestsPerMinute);
	const facts: Record<string, () => string> = {
		origin: () => origin,
		api: () => origin + restBase,
		project: () => sampleProject,
		requests: () => String(most),
		seconds: () => String(perSeconds),
		strangerRequests: () => String(strangerLimit.most),
		warnedDays: () => String(warnedDaysBefore),
		graceDays: () => String(graceDays),
		tools: () => ['| tool | what it does | a person decides |', '| --- | --- | --- |', ...toolRows()].join('\n'),
		webhookEvents: () => ['| event | what is in `data` besides |', '| --- | --- |', ...webhookEvents()].join('\n')
	};
	return source.replaceAll(/\{\{(\w+)(?::([\w.-]+))?\}\}/g, (_, name: string, file?: string) => {
		if (name === 'script' && file) return scriptText(file);
		if (!facts[name]) throw new Error(`A guide asks for {{${name}}}, and there is no such fact.`);
		return facts[name]();
	});
};

export type Guide = { name: string; title: string; summary: string };

const headOf = (name: string): Guide => {
	const [, title, summary] = /^# (.+)\n\n(.+)\n/.exec(filled(sources[name] ?? '')) ?? [];
	if (!title || !summary) throw new Error(`The guide ${name} does not begin with a title and a sentence.`);
	return { name, title, summary };
};

/** The guides of each section. */
export const listGuides = (): { title: string; guides: Guide[] }[] =>
	guideSections.map(({ title, names }) => ({ title, guides: names.map(headOf) }));

/** A guide as Markdown, with the facts of this server in it. Throws *not found*. */
export const guideSource = (name: string): string => {
	if (!guideNames.includes(name)) error(404, { code: 'not_found', message: 'There is no such guide.' });
	return filled(sources[name]!);
};
