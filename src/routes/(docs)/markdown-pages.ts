import { error } from '@sveltejs/kit';
import { restBase } from '$lib/contract/openapi/document';
import { restFeatures } from '$lib/contract/openapi/features';
import { to } from '$lib/paths';
import { config } from '$lib/server/platform/config';
import { cliMarkdown } from '../../cli/reference.ts';
import { guideSource, listGuides } from './guides.ts';
import { errorsMarkdown, featureMarkdown, indexMarkdown } from './reference-markdown.ts';

/** A page by its name: `webhooks`, `api`, `api/errors`, `api/examples`. Throws *not found*. */
const markdownOf = (page: string, origin: string): string => {
	const base = origin + restBase;
	if (page === 'api') return indexMarkdown(base);
	if (page === 'api/errors') return errorsMarkdown();
	if (page === 'cli') return cliMarkdown();
	if (!page.startsWith('api/')) return guideSource(page);
	const feature = restFeatures.find(({ id }) => `api/${id}` === page);
	if (!feature) error(404, { code: 'not_found', message: 'There is no such page of the docs.' });
	return featureMarkdown(feature, base);
};

export const markdownAnswer = (page: string): Response =>
	new Response(markdownOf(page, config().origin), {
		headers: { 'content-type': 'text/markdown; charset=utf-8', 'cache-control': 'public, max-age=300' }
	});

/** All pages for a program that reads (llmstxt.org). */
export const llmsText = (origin: string): string => {
	const line = (page: string, title: string, text: string) => `- [${title}](${origin}${to.markdown(page)}): ${text}`;
	return [
		'# aitelier',
		'',
		'> The workshop where a small team turns examples and taste into a fine-tuned language model, and proves, blind, that it is better.',
		'',
		...listGuides().flatMap(({ title, guides }) => [
			`## ${title}`,
			'',
			...guides.map(({ name, title, summary }) => line(name, title, summary)),
			''
		]),
		'## Command line',
		'',
		line('cli', 'ait', 'Every command, its flags, and examples.'),
		'',
		'## API reference',
		'',
		line('api', 'All operations', 'One line for each.'),
		...restFeatures.map(({ id, title, text }) => line(`api/${id}`, title, text)),
		line('api/errors', 'Error codes', 'What each means, and what to do.'),
		`- [OpenAPI 3.1](${origin}${to.openApi()}): The whole API for programs.`,
		''
	].join('\n');
};
