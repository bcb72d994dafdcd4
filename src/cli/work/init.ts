import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ProviderId, providerFacts, providerIds } from '../../lib/contract/providers.ts';
import type { init } from '../commands/init.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { type Config, dataFolder, fileName, saveProject } from '../files/project.ts';
import { asFailure } from '../files/write.ts';
import { nearest } from '../parse.ts';
import { type Asked, askOn, mustBeAsked } from '../terminal/ask.ts';

/** What trains somewhere from the first day on. */
const usualModel: Record<ProviderId, string> = {
	sandbox: 'sandbox-small',
	together: 'meta-llama/Meta-Llama-3.1-8B-Instruct-Reference',
	nebius: 'meta-llama/Meta-Llama-3.1-8B-Instruct',
	crusoe: '',
	openai: 'gpt-4o-mini-2024-07-18',
	'own-server': '',
	'openai-compatible': ''
};

const askProvider = async (asked: Asked): Promise<ProviderId> => {
	for (;;) {
		const said = await asked.text(`Provider, one of ${providerIds.join(', ')}:`, 'sandbox');
		const meant = nearest(said.toLowerCase(), providerIds);
		if (meant) return meant as ProviderId;
	}
};

const needed = async (asked: Asked, question: string, given?: string): Promise<string> => {
	for (;;) {
		const said = await asked.text(question, given);
		if (said !== '') return said;
	}
};

export const deed: Deed<typeof init> = async ({ io, say, flags }) => {
	const file = path.join(io.cwd, fileName);
	if (existsSync(file)) throw new Failure(`There is a project here already: ${fileName}.`, 'ait stats shows it');
	const folderName = path.basename(path.resolve(io.cwd)) || 'project';
	const isSaid = flags.yes || (flags.name !== undefined && flags.provider !== undefined && flags.model !== undefined);
	if (!isSaid) mustBeAsked(io, 'ait init --yes, or --name, --provider and --model');
	const asked = isSaid ? null : askOn(io, say);
	let config: Config;
	try {
		const name = flags.name ?? (asked ? await needed(asked, 'Project name:', folderName) : folderName);
		const provider = flags.provider ?? (asked ? await askProvider(asked) : 'sandbox');
		const usual = usualModel[provider];
		const model = flags.model ?? (asked ? await needed(asked, 'Base model:', usual) : usual);
		if (model === '')
			throw new Failure(`${providerFacts[provider].name} has no usual model.`, 'ait init --model NAME', 'usage');
		const { hasAddress } = providerFacts[provider];
		const baseUrl = flags['base-url'] ?? (hasAddress && asked ? await needed(asked, 'Its address:') : undefined);
		if (hasAddress && baseUrl === undefined)
			throw new Failure(
				'It is not said where your server is.',
				'ait init --base-url http://localhost:11434/v1',
				'usage'
			);
		const systemPrompt = flags.system ?? (asked ? await asked.text('System prompt (Enter for none):') : '');
		config = {
			name,
			provider,
			model,
			...(baseUrl !== undefined && { baseUrl }),
			...(systemPrompt.trim() !== '' && { systemPrompt }),
			qualityThreshold: flags.threshold,
			runs: []
		};
	} finally {
		asked?.close();
	}
	const project = { folder: io.cwd, config, text: '' };
	const made = [fileName];
	try {
		mkdirSync(path.join(dataFolder(project), 'evals'), { recursive: true });
		for (const name of ['examples', 'train', 'val']) {
			const data = path.join(dataFolder(project), `${name}.jsonl`);
			if (existsSync(data)) continue; // examples that were here before the project
			writeFileSync(data, '');
			made.push(path.relative(io.cwd, data));
		}
	} catch (problem) {
		throw asFailure(problem, dataFolder(project));
	}
	saveProject(project);
	say.text(`${config.name} is ready: ${made.join(', ')}.`);
	const { note } = providerFacts[config.provider];
	if (note) say.text(note);
	say.aside('Next: ait add, or ait import FILE');
	say.json({ made, ...config });
};
