import * as v from 'valibot';
import { Name } from '../team/fields.ts';
import { whole } from '../runs/recipe.ts';

const Prompt = v.pipe(v.string(), v.trim(), v.maxLength(20_000, 'A system prompt has at most 20 000 characters'));
const Model = v.pipe(
	v.string('Choose a model'),
	v.trim(),
	v.minLength(1, 'Choose a model'),
	v.maxLength(200, 'A model id has at most 200 characters')
);

/** One page, one form: the project and the connection it uses. A new connection is named by its provider. */
export const NewProject = v.object({
	name: Name,
	description: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(500, 'A description has at most 500 characters')),
		''
	),
	connectionId: v.pipe(v.string('Choose a connection'), v.uuid('Choose a connection')),
	baseModel: Model,
	systemPrompt: v.optional(Prompt, '')
});
export type NewProject = v.InferOutput<typeof NewProject>;

export const ProjectSettings = v.object({
	name: Name,
	description: v.optional(
		v.pipe(v.string(), v.trim(), v.maxLength(500, 'A description has at most 500 characters')),
		''
	),
	connectionId: v.pipe(v.string('Choose a connection'), v.uuid('Choose a connection')),
	baseModel: Model,
	systemPrompt: v.optional(Prompt, ''),
	qualityThreshold: whole('The quality threshold', 1, 10)
});
export type ProjectSettings = v.InferOutput<typeof ProjectSettings>;

/** Starting points for a system prompt. */
export const promptPresets = [
	{
		id: 'customer-support',
		name: 'Customer support',
		text: 'You answer customers of our shop. Be warm and brief: greet by name when you know it, answer the question first, then say the next step. Never promise what you cannot check.'
	},
	{
		id: 'code-review',
		name: 'Code review',
		text: 'You review code changes. Name the most important problem first, say why it matters, and show the smallest change that mends it. Praise only what is unusual.'
	},
	{
		id: 'creative-writing',
		name: 'Creative writing',
		text: 'You write short fiction. Prefer concrete things to adjectives, keep one point of view, and end a sentence earlier than you planned.'
	},
	{
		id: 'domain-questions',
		name: 'Domain questions',
		text: 'You answer questions about our field. Answer first, explain after. Say plainly when something is not known, and name what would settle it.'
	}
] as const;
