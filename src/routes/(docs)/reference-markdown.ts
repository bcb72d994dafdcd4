import type { Feature } from '$lib/contract/openapi/features';
import { refusalCodes, refusalStatuses, refusalWords } from '$lib/contract/openapi/refusals';
import { to } from '$lib/paths';
import { type ShownField, listReference, shownOperation } from './reference.ts';
import { languages } from './samples.ts';

const fieldLines = (fields: ShownField[], depth = ''): string[] =>
	fields.flatMap(({ name, type, required, words, inside }) => [
		`${depth}- \`${name}\` (${type}${required ? ', required' : ''}) ${words}`.trimEnd(),
		...fieldLines(inside, `${depth}  `)
	]);

const fenced = (language: string, text: string) => ['```' + language, text, '```', ''];

/** The page of a feature as Markdown: the same, in the same order. */
export const featureMarkdown = ({ title, text, rows }: Feature, base: string): string =>
	[
		`# ${title}`,
		'',
		text,
		'',
		...rows.flatMap((row) => {
			const { method, path, summary, forWhom, groups, file, answer, refusals, samples, name } = shownOperation(
				row,
				base
			);
			return [
				`## ${summary}`,
				'',
				`\`${method} ${path}\`, operation \`${name}\`. ${forWhom}`,
				'',
				...groups.flatMap((group) => [`### ${group.title}`, '', ...fieldLines(group.fields), '']),
				...(file ? ['### The body', '', 'The file itself, no form, up to 1 GB.', ''] : []),
				`### Answer ${answer.status}`,
				'',
				...(answer.types ? [`A file: ${answer.types.join(' or ')}.`, ''] : []),
				...(answer.fields.length > 0 ? [...fieldLines(answer.fields), ''] : []),
				...(answer.text ? fenced('json', answer.text) : []),
				'### Errors',
				'',
				...refusals.map(({ code, status, means }) => `- \`${code}\` (${status}) ${means}`),
				'',
				...languages.flatMap(({ id, label }) => [`### ${label}`, '', ...fenced(id, samples[id])])
			];
		})
	].join('\n');

export const errorsMarkdown = (): string =>
	[
		'# Error codes',
		'',
		'| code | status | what has happened | what to do |',
		'| --- | --- | --- | --- |',
		...refusalCodes.map((code) => {
			const { means, act } = refusalWords[code];
			return `| \`${code}\` | ${refusalStatuses[code]} | ${means} | ${act} |`;
		}),
		''
	].join('\n');

export const indexMarkdown = (base: string): string =>
	[
		'# API reference',
		'',
		`Every address begins with ${base}. Send the key in the header \`Authorization: Bearer …\`.`,
		'',
		...listReference().flatMap(({ id, title, text, operations }) => [
			`## [${title}](${to.markdown(`api/${id}`)})`,
			'',
			text,
			'',
			...operations.map(({ method, path, summary }) => `- \`${method} ${path}\` ${summary}`),
			''
		])
	].join('\n');
