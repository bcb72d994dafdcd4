import { command } from '../command.ts';

export const mcp = command({
	name: 'mcp',
	group: 'Hosted',
	summary: 'Serve the app as tools for agents, over standard input and output',
	more: [
		'For programs that speak the Model Context Protocol over stdio: each message goes to the server with what ait login keeps, and its answer comes back. What costs money or deletes is not done; the answer is a link where a person decides.',
		'It ends when its input ends.'
	],
	flags: {
		server: { kind: 'text', value: 'address', words: 'Which; else the one of this folder, or of the last login' }
	},
	examples: [
		{
			run: `echo '{"jsonrpc":"2.0","id":1,"method":"tools/list"}' | ait mcp`,
			says: 'Which tools there are. An agent is given the command: ait mcp'
		}
	]
});
