import { command } from '../command.ts';

export const webhooks = command({
	name: 'webhooks',
	group: 'Hosted',
	summary: 'Forward what is sent to a webhook to a program on this machine',
	more: [
		'The server cannot reach your machine, so ait webhooks listen asks it every few seconds what the webhook was sent, and posts each of it to --forward: the same bytes under the same webhook-id, with a new time, signed by a secret that is shown at the start. Only what is sent from now on comes; what it answers is shown, and not told to the server.',
		'It needs a webhook of the team, made in the settings or with ait api webhooks.create, whose own deliveries go on as ever. Without --webhook it takes the only one.'
	],
	args: [{ name: 'deed', words: 'listen', isNeeded: true }],
	flags: {
		forward: { kind: 'text', value: 'address', words: 'Where to post it, as in http://localhost:3000/hook' },
		webhook: { kind: 'text', value: 'id', words: 'Which webhook; ait api webhooks.list shows them' },
		secret: { kind: 'text', value: 'whsec_…', words: 'Sign by this secret instead of a new one' },
		server: { kind: 'text', value: 'address', words: 'Which; else the one of this folder, or of the last login' }
	},
	examples: [{ run: 'ait webhooks listen --forward http://localhost:3000/hook', says: 'Until Ctrl-C.' }]
});
