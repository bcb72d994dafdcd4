import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
	type CallToolRequest,
	CallToolRequestSchema,
	ErrorCode,
	ListToolsRequestSchema,
	McpError
} from '@modelcontextprotocol/sdk/types.js';
import type { RequestEvent } from '@sveltejs/kit';
import { type PressedName, type Reason, type Tool, instructions, tools } from '../../../contract/mcp.ts';
import { may } from '../../../core/permissions.ts';
import type { Holder } from '../../access/entrance.ts';
import type { ProjectScope } from '../../access/scope.ts';
import { config } from '../../platform/config.ts';
import { answering } from '../rest/answering.ts';
import { enter } from '../rest/enter.ts';
import { jsonBody } from '../rest/input.ts';
import { call } from './call.ts';
import { pages } from './pages.ts';

/** What this role may use; the rest would only be refused. */
const toolsOf = ({ scope }: Holder) => tools.filter(({ row }) => may(scope.role, row.operation.action as never));

/** Whether nothing in a project costs anything. */
export type IsFree = (scope: ProjectScope) => Promise<boolean>;

/** The page where a person decides, unless nothing is to be decided: on the sandbox nothing costs anything. */
const pageFor = async (
	event: RequestEvent,
	{ pressed, row }: Tool,
	holder: Holder,
	given: Record<string, unknown>,
	isFree: IsFree
): Promise<string | null> => {
	if (!pressed) return null;
	const isInProject = row.path.startsWith('/projects/{project}');
	const { scope, team, project } = isInProject ? await enter(event, new Headers(), String(given.project)) : holder;
	// for what is not theirs to see the API has its words
	if (isInProject && !project) return null;
	// another connection than the project's has prices of its own
	const isElsewhere = given.connectionId != null && given.connectionId !== project?.connectionId;
	if (pressed === 'costs' && project && !isElsewhere && (await isFree({ ...scope, project }))) return null;
	return config().origin + pages[row.operation.name as PressedName](team.slug, project?.slug ?? '', given);
};

const reasons: Record<Reason, string> = {
	costs: 'this costs money',
	deletes: 'this deletes',
	invites: 'this lets people in who have no account'
};

const use = async (event: RequestEvent, holder: Holder, { params }: CallToolRequest, isFree: IsFree) => {
	const tool = toolsOf(holder).find(({ name }) => name === params.name);
	if (!tool)
		throw new McpError(ErrorCode.InvalidParams, `There is no tool “${params.name}”, or it is not yours to use.`);
	const given = params.arguments ?? {};
	const page = await pageFor(event, tool, holder, given, isFree);
	const { text, isRefusal } = page
		? {
				text: `Nothing was done: ${reasons[tool.pressed!]}, so a person decides. Give them this link, where the button is: ${page}`,
				isRefusal: false
			}
		: await call(event, tool, given);
	return { content: [{ type: 'text' as const, text }], isError: isRefusal };
};

/**
 * The Model Context Protocol over streamable HTTP, without sessions: each message comes with its key and is answered at once. An agent may
 * what the key may; what costs money, deletes or invites is a link for a person.
 */
export const mcp = (isFree: IsFree) =>
	answering(async (event, headers) => {
		const holder = await enter(event, headers, null);
		event.locals.scope = holder.scope;
		// one message: of a list of them each would answer with all the tools there are
		const parsedBody = await jsonBody(event.request);
		const server = new Server({ name: 'aitelier', version: '1' }, { capabilities: { tools: {} }, instructions });
		server.setRequestHandler(ListToolsRequestSchema, () => ({
			tools: toolsOf(holder).map(({ row: _, pressed: __, ...tool }) => tool)
		}));
		server.setRequestHandler(CallToolRequestSchema, (request) => use(event, holder, request, isFree));
		const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
		await server.connect(transport);
		return transport.handleRequest(event.request, { parsedBody });
	});
