import { command } from '../command.ts';

export const completion = command({
	name: 'completion',
	group: 'Set-up',
	summary: 'Write the script with which your shell completes ait',
	args: [{ name: 'shell', words: 'bash, zsh or fish', isNeeded: true }],
	flags: {},
	examples: [
		{ run: 'ait completion bash', says: 'In ~/.bashrc: source <(ait completion bash)' },
		{ run: 'ait completion zsh', says: 'In ~/.zshrc, after compinit: source <(ait completion zsh)' },
		{ run: 'ait completion fish', says: 'Once: ait completion fish > ~/.config/fish/completions/ait.fish' }
	]
});
