import type { Command, Input } from '../../../contract/operation.ts';
import { strangerLimit } from '../../../contract/rest-limits.ts';
import { takeRequest } from '../../access/entrance.ts';
import { networkOf } from '../../access/limits.ts';
import type { UseCase } from '../../access/operation.ts';
import { answering } from './answering.ts';
import { restInput } from './input.ts';
import { limited, limitHeaders } from './limits.ts';

/** A POST for programs that have no key yet: limited by the network they come from. The rest is as everywhere below /api/v1. */
export const openPost = <Op extends Command & { within: 'visitor' }>(useCase: UseCase<Op>) =>
	answering(async (event, headers) => {
		const address = event.getClientAddress();
		const requests = await takeRequest(`api-network:${networkOf(address)}`, strangerLimit);
		limitHeaders(headers, strangerLimit, requests);
		if (requests.refused) throw limited();
		const { operation } = useCase;
		const row = { operation, method: 'POST' as const, path: '' };
		const input = await restInput(row, event.request, event.url.searchParams, {});
		const run = useCase as (visitor: object, input: Input<Op>) => Promise<unknown>;
		return Response.json(
			await run({ address, browserToken: undefined, requestId: event.locals.requestId }, input as Input<Op>)
		);
	});
