import { type SandboxModel, modelOf, tokensOf } from './catalogue.ts';
import { served } from './deployments.ts';
import { isReady, jobsOf } from './jobs.ts';
import { comparisonIn, judgement } from './judging.ts';
import { type Pair, knowledgeOf } from './learning/knowledge.ts';
import { randomFrom } from './learning/random.ts';
import { pieces } from './learning/text.ts';
import { tunedAnswer } from './learning/tuned.ts';
import { untunedAnswer } from './learning/untuned.ts';
import { tunedName } from './openai-jobs.ts';
import type { Job } from './timeline.ts';
import { number, record } from './values.ts';
import { type Call, Refusal } from './wire.ts';

export type Answer = {
	/** What it thought before, and whether that stands apart or in the answer. */
	thoughts: string[];
	isApart: boolean;
	pieces: string[];
	finish: 'stop' | 'length';
	promptTokens: number;
	cutsStreams: boolean;
};

type Turn = { role: string; content: string };

function turnsOf(value: unknown): Turn[] {
	if (!Array.isArray(value) || value.length === 0)
		throw new Refusal(400, 'There are no messages.', { param: 'messages' });
	return value.map((each) => {
		const { role, content } = record(each);
		const parts = Array.isArray(content)
			? content.map((part) => String(record(part).text ?? ''))
			: [String(content ?? '')];
		return { role: String(role), content: parts.join('\n') };
	});
}

/** Who answers under a name: a base model, or what a job made of one. */
function speakerOf(call: Call, wire: Job['wire'], name: string): { base: SandboxModel; job: Job | null } {
	const base = modelOf(name);
	if (base?.trait === 'not-serverless' && wire === 'together')
		throw new Refusal(400, `Unable to access non-serverless model ${name}. Create a dedicated endpoint for it.`, {
			code: 'model_not_available',
			param: 'model'
		});
	if (base) return { base, job: null };
	if (wire === 'together') {
		const found = served(call, name);
		if (found) return found;
	}
	const job = jobsOf(call, 'openai').find(
		(each) => wire === 'openai' && tunedName(each) === name && isReady(call, each)
	);
	const trained = job && modelOf(job.model);
	if (!trained)
		throw new Refusal(404, `The model ${name} can not be called here.`, {
			code: 'model_not_available',
			param: 'model'
		});
	return { base: trained, job };
}

/** Examples that the conversation itself brings along. A few do for a base model what training does better. */
function shownPairs(turns: Turn[]): Pair[] {
	return turns.flatMap((turn, at) => {
		const asked = turns[at - 1];
		return turn.role === 'assistant' && asked?.role === 'user'
			? [{ prompt: asked.content, before: '', answer: turn.content }]
			: [];
	});
}

/** Whether a model that thinks is to do so: by either of the ways in which it can be told. */
function thinkingOf(base: SandboxModel, sent: Record<string, unknown>): { thinks: boolean; isApart: boolean } {
	const { enabled } = record(sent.reasoning);
	const asked = enabled ?? record(sent.chat_template_kwargs).enable_thinking;
	return { thinks: base.trait === 'thinks' && asked !== false, isApart: enabled === true };
}

const fewestShown = 3; // fewer are a conversation, not examples

/** What a model says to a conversation, piece by piece. With temperature 0, or a seed, always the same. */
export async function answerTo(call: Call, wire: Job['wire'], sent: Record<string, unknown>): Promise<Answer> {
	const turns = turnsOf(sent.messages);
	const { base, job } = speakerOf(call, wire, String(sent.model));
	const asked = turns.filter((turn) => turn.role === 'user').map((turn) => turn.content);
	const temperature = number(sent.temperature) ?? 0.7;
	const question = {
		prompt: asked.at(-1) ?? '',
		before: asked.slice(0, -1).join('\n'),
		system: turns.find((turn) => turn.role === 'system')?.content ?? '',
		temperature,
		random: randomFrom(number(sent.seed) ?? (temperature > 0 ? Math.floor(Math.random() * 2 ** 32) : 0))
	};

	const learned = job && (await call.sandbox.training.learned(call.account, job));
	const shown = shownPairs(turns);
	const compared = comparisonIn(question.prompt);
	const answer = compared
		? judgement(compared, base.trait, learned?.knowledge ?? null)
		: learned && base.trait === 'broken-merge'
			? '<|im_start|>assistant <|im_start|>assistant'
			: learned
				? tunedAnswer(learned.knowledge, learned.strength, question)
				: shown.length >= fewestShown
					? tunedAnswer(knowledgeOf(shown), 0.7, { ...question, before: '' })
					: untunedAnswer({ ...question, size: base.id === 'sandbox-large' ? 'large' : 'small' });

	const most = number(sent.max_completion_tokens) ?? number(sent.max_tokens) ?? 1_024;
	const { thinks, isApart } = thinkingOf(base, sent);
	const thought = `The user asks: ${question.prompt.slice(0, 80)} I look for what fits, and answer briefly.`;
	const thoughts = thinks ? [...pieces(thought)] : [];
	const usual = { thoughts, isApart, promptTokens: promptTokens(turns) };
	const said: string[] = [];
	let tokens = 0;
	for (const piece of pieces(answer.trim())) {
		tokens += tokensOf(piece) - (piece.length > 4 ? 0.5 : 0);
		if (tokens > most) return { ...usual, pieces: said, finish: 'length', cutsStreams: false };
		said.push(piece);
	}
	return {
		...usual,
		pieces: said,
		finish: 'stop',
		cutsStreams: base.trait === 'cuts-streams'
	};
}

const promptTokens = (turns: Turn[]) => turns.reduce((sum, turn) => sum + 4 + tokensOf(turn.content), 0);
