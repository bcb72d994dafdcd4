import * as v from 'valibot';
import { type Message as Turn, turnRoles } from '../core/examples/conversation.ts';

/** One turn of a conversation. Fields that only some providers know are kept. */
export const Message = v.looseObject({
	role: v.picklist(turnRoles, 'A turn is by system, user, assistant or tool'),
	content: v.optional(v.nullable(v.string('The content of a turn is text')), '')
}) as unknown as v.GenericSchema<Turn, Turn>;
