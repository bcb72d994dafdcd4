import { chat } from './chat.ts';
import { deployments } from './deployments.ts';
import { endpoints } from './endpoints.ts';
import { openaiFiles } from './files.ts';
import { openaiModels, togetherModels } from './models.ts';
import { openaiEvents } from './openai-events.ts';
import { openaiJobs } from './openai-jobs.ts';
import { preview } from './preview.ts';
import { projectModels } from './project-models.ts';
import { togetherFiles } from './together-files.ts';
import { togetherJobs } from './together-jobs.ts';
import { togetherOffers } from './together-offers.ts';
import type { Handler } from './wire.ts';

const project = '/projects/:project';
const endpoint = `${project}/endpoints/:endpoint`;

const togetherTable: Record<string, Handler> = {
	'POST /files': togetherFiles.announce,
	'POST /files/upload': togetherFiles.upload,
	'POST /files/:id/preprocess': togetherFiles.preprocess,
	'GET /files': togetherFiles.list,
	'GET /files/:id': togetherFiles.retrieve,
	'DELETE /files/:id': togetherFiles.remove,
	'GET /files/:id/content': togetherFiles.content,
	'POST /fine-tunes/estimate-price': togetherOffers.estimate,
	'GET /fine-tunes/models/limits': togetherOffers.limits,
	'GET /fine-tunes/models/supported': togetherOffers.supported,
	'POST /fine-tunes/preview': preview,
	'POST /fine-tunes': togetherJobs.create,
	'GET /fine-tunes': togetherJobs.list,
	'GET /fine-tunes/:id': togetherJobs.retrieve,
	'GET /fine-tunes/:id/events': togetherJobs.events,
	'GET /fine-tunes/:id/metrics': togetherJobs.metrics,
	'GET /fine-tunes/:id/checkpoints': togetherJobs.checkpoints,
	'POST /fine-tunes/:id/cancel': togetherJobs.cancel,
	'DELETE /fine-tunes/:id': togetherJobs.remove,
	'GET /fine-tunes/:id/download-tokenized-dataset': togetherJobs.tokenizedDataset,
	'GET /finetune/download': togetherJobs.download,
	'GET /models': togetherModels.list,
	'GET /whoami': togetherModels.whoami,
	'GET /projects': togetherModels.projects,
	'POST /chat/completions': chat('together'),
	'POST /endpoints': deployments.closed,
	'PATCH /endpoints/:id': deployments.closed,
	'GET /supported-models': togetherModels.supported,
	'GET /public/inference-instance-types': togetherModels.hardware,
	'GET /supported-models/:id': togetherModels.oneSupported,
	'GET /public/inference-instance-types/:id': togetherModels.oneHardware,
	[`GET ${project}/models`]: projectModels.list,
	[`GET ${project}/models/:id`]: projectModels.retrieve,
	[`GET ${project}/configs`]: togetherModels.configs,
	[`GET ${project}/configs/:id`]: togetherModels.oneConfig,
	[`GET ${project}/endpoints`]: endpoints.list,
	[`POST ${project}/endpoints`]: endpoints.create,
	[`GET ${endpoint}`]: endpoints.retrieve,
	[`PATCH ${endpoint}`]: endpoints.update,
	[`DELETE ${endpoint}`]: endpoints.remove,
	[`GET ${endpoint}/events`]: endpoints.events,
	[`GET ${endpoint}/abExperiments`]: endpoints.nothing,
	[`GET ${endpoint}/shadowExperiments`]: endpoints.nothing,
	[`GET ${endpoint}/deployments/:deployment/adapters`]: endpoints.nothing,
	[`GET ${endpoint}/deployments`]: deployments.list,
	[`POST ${endpoint}/deployments`]: deployments.create,
	[`GET ${endpoint}/deployments/:deployment`]: deployments.retrieve,
	[`PATCH ${endpoint}/deployments/:deployment`]: deployments.update,
	[`DELETE ${endpoint}/deployments/:deployment`]: deployments.remove
};

const openaiTable: Record<string, Handler> = {
	'POST /files': openaiFiles.create,
	'GET /files': openaiFiles.list,
	'GET /files/:id': openaiFiles.retrieve,
	'DELETE /files/:id': openaiFiles.remove,
	'GET /files/:id/content': openaiFiles.content,
	'POST /fine_tuning/jobs': openaiJobs.create,
	'GET /fine_tuning/jobs': openaiJobs.list,
	'GET /fine_tuning/jobs/:id': openaiJobs.retrieve,
	'POST /fine_tuning/jobs/:id/cancel': openaiJobs.cancel,
	'POST /fine_tuning/jobs/:id/pause': openaiJobs.pause,
	'POST /fine_tuning/jobs/:id/resume': openaiJobs.resume,
	'GET /fine_tuning/jobs/:id/events': openaiEvents.list,
	'GET /fine_tuning/jobs/:id/checkpoints': openaiEvents.checkpoints,
	'GET /models': openaiModels.list,
	'GET /models/:id': openaiModels.retrieve,
	'DELETE /models/:id': openaiModels.remove,
	'POST /chat/completions': chat('openai')
};

type Route = { method: string; parts: string[]; handler: Handler };

const compile = (table: Record<string, Handler>): Route[] =>
	Object.entries(table).map(([rule, handler]) => {
		const [method = '', path = ''] = rule.split(' ');
		return { method, parts: path.split('/').slice(1), handler };
	});

const together = compile(togetherTable);

/** All of Together's versions answer under all prefixes, so that a client with one address reaches everything; `whoami` differs. */
const prefixes: [prefix: string, routes: Route[]][] = [
	['/together/v1/', together],
	['/together/v2/', together],
	['/together/v3/', [...compile({ 'GET /whoami': togetherModels.whoamiNested }), ...together]],
	['/openai/v1/', compile(openaiTable)],
	['/signed/', compile({ 'PUT /:id': togetherFiles.put })],
	['/tokenized/', compile({ 'GET /:id': togetherFiles.signedContent })]
];

/** The handler for a request, with what its path names; `null`: there is no such place. */
export function routeFor(method: string, path: string): { handler: Handler; params: Record<string, string> } | null {
	const [prefix, routes] = prefixes.find(([each]) => path.startsWith(each)) ?? [];
	if (!prefix || !routes) return null;
	const given = path.slice(prefix.length).split('/');
	// Earlier rules win: `/fine-tunes/models/limits` stands before `/fine-tunes/:id/events`.
	for (const { method: wanted, parts, handler } of routes) {
		if (wanted !== method || parts.length !== given.length) continue;
		const params: Record<string, string> = {};
		const fits = parts.every((part, at) => {
			if (!part.startsWith(':')) return part === given[at];
			params[part.slice(1)] = decodeURIComponent(given[at]!);
			return given[at] !== '';
		});
		if (fits) return { handler, params };
	}
	return null;
}
