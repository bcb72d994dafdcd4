import { chat } from './chat.ts';
import { type Format, type Row, fields } from './format.ts';
import { sharegpt } from './sharegpt.ts';

/** `{"conversation":[…]}`, as collections of recorded chats call it, with the turns of either kind. */
export const conversation: Format = {
	name: 'Conversation',
	sniff: (row) => Array.isArray(row.conversation),
	read: (row) => {
		const turns = row.conversation as unknown[];
		return (turns[0] as Row | null)?.from === undefined
			? chat.read({ ...row, messages: turns })
			: sharegpt.read({ ...row, conversations: turns });
	},
	fields: fields('conversation')
};
