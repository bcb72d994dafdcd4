import { mcp } from '$lib/server/http/mcp/mcp';
import { isOnSandbox } from '$lib/server/project/queries';
import type { RequestHandler } from './$types';

/** For agents: the REST API as tools (contract/mcp). */
export const POST: RequestHandler = mcp(isOnSandbox);
