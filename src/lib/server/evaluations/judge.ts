import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { spoken } from '../../core/evaluations/answers.ts';
import { judgeMaxTokens, judgeQuestion } from '../../core/evaluations/judge-question.ts';
import { readReply } from '../../core/evaluations/judge-reply.ts';
import { masked } from '../../core/evaluations/masking.ts';
import type { Names } from '../../core/evaluations/naming-words.ts';
import { hash } from '../../core/math/hash.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { openAccess } from '../connections/rows.ts';
import { evaluations, judgings, judgments, projects } from '../platform/db/schema.ts';
import { type Answer, type Patience, answerAll, usualPatience } from '../providers/answering.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, Completion, Provider } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { markFrom } from '../runs/rows.ts';
import { type Judging, type Question, endJudging, isJudging, noteJudging, unjudged } from './judging-rows.ts';
import { payer } from './payer.ts';
import { contendersOf, namesOf } from './rows.ts';
import { type Texts, textsOf } from './texts.ts';

/** Pages hear of new judgements so often at most. */
const announceEveryMs = 1000;
/** So many questions may be refused before any was answered: then it is the model, not what was asked. */
const mostRefused = 8;
/** Enough to see why a reply cannot be read. */
const longestKept = 4000;

/** Somebody has stopped it. */
class NoLongerWanted extends Error {}

/** Postgres has no way to write U+0000 in a text. */
const kept = (text: string) => text.replaceAll('\u0000', '').toWellFormed();

/** What a pair looks like to a judge in one order: as people read it, without names of models, and without thinking. */
export const asAsked = (
	{ prompt, a, b }: Pick<Texts, 'prompt' | 'a' | 'b'>,
	{ pairingId, swapped }: Question,
	{ id, criteria }: Pick<Judging, 'id' | 'criteria'>,
	names: Names
) => {
	const read = ({ text }: { text: string }) => masked(spoken(text), names);
	const [first, second] = swapped ? [read(b), read(a)] : [read(a), read(b)];
	// nobody who wrote a text knew the number of a judge that was asked later
	return judgeQuestion({ prompt, first, second, criteria, fence: hash(pairingId, id).toString(36) });
};

/** A step: by what models could be told in the answers of an evaluation. */
export const hiddenNames = async (tx: Tx, evaluationId: string, projectId: string): Promise<Names> => {
	const [evaluation] = await tx.select().from(evaluations).where(eq(evaluations.id, evaluationId));
	const [project] = await tx.select({ name: projects.name }).from(projects).where(eq(projects.id, projectId));
	return namesOf(await contendersOf(tx, evaluation!), project!.name);
};

/** A model that can be told is told not to think: its line of JSON would not fit behind it. */
const unthinking = async (provider: Provider, access: Access, model: string) => {
	const known = await provider.model(access, model).catch((problem: unknown) => {
		if (problem instanceof ProviderError) return null;
		throw problem;
	});
	return known?.thinks ? { thinking: false } : {};
};

type Said = Completion & { shortened: boolean };

/** Stores what was said, once: whoever comes second finds it there. */
const keeper = (scope: Scope, judging: Judging) => {
	let announcedAt = 0;
	const { id: judgingId, projectId, evaluationId } = judging;
	return (question: Question, said: Answer<Said>) =>
		scope.tx(async (tx) => {
			const { text, finishReason, promptTokens, completionTokens, latencyMs, shortened } = said;
			const reply = kept(text);
			await tx
				.insert(judgments)
				.values({
					...{ projectId, evaluationId, judgingId, ...question },
					choice: readReply(reply)?.choice ?? null,
					shortened,
					reply: reply.slice(0, longestKept).toWellFormed(),
					...{ finishReason, promptTokens, completionTokens, latencyMs }
				})
				.onConflictDoNothing();
			if (performance.now() - announcedAt < announceEveryMs) return;
			announcedAt = performance.now();
			await noteJudging(tx, judging);
		});
};

/** Asks what is open. Throws what waiting cannot mend. */
const askOpen = async (scope: Scope, judging: Judging, signal: AbortSignal, patience: Patience) => {
	const { evaluationId, projectId, connectionId, model } = judging;
	const { access, names, open, before } = await scope.tx(async (tx) => ({
		access: await openAccess(tx, connectionId),
		names: await hiddenNames(tx, evaluationId, projectId),
		open: await unjudged(tx, judging),
		before: await tx.$count(judgments, eq(judgments.judgingId, judging.id))
	}));
	if (open.length === 0) return;
	const provider = providers[access.provider];
	const price = await answerPriceOf(scope, { connectionId, provider: access.provider }, model);
	const told = await unthinking(provider, { ...access, signal }, model);
	const pay = payer(scope, judging, 'judging');
	let [answered, refused] = [before, 0];
	const ask = async (question: Question, stop: AbortSignal): Promise<Said> => {
		const texts = await scope.tx(async (tx) => {
			if (!(await isJudging(tx, judging.id))) throw new NoLongerWanted();
			return (await textsOf(tx, [question.pairingId])).get(question.pairingId)!;
		});
		const { messages, shortened } = asAsked(texts, question, judging, names);
		const request = { model, messages, temperature: 0, maxTokens: judgeMaxTokens, ...told };
		try {
			const said = await pay(price, request, () => provider.chat({ ...access, signal: stop }, request, () => {}));
			answered++;
			return { ...said, shortened };
		} catch (problem) {
			// a filter, or a conversation that is too long: this pair is not judged, and the others are
			if (!(problem instanceof ProviderError) || problem.kind !== 'refused') throw problem;
			if (answered === 0 && ++refused > mostRefused) throw problem;
			return { text: '', finishReason: 'refused', promptTokens: null, completionTokens: null, shortened };
		}
	};
	await answerAll(open, ask, keeper(scope, judging), { signal, patience });
};

/**
 * Lets a model judge what it has not judged yet, each pair in both orders. Safe to run again after any interruption, and twice at once:
 * what was said is stored the moment it comes, once, and is not asked again. What waiting cannot mend ends in `failed` with a sentence,
 * from where it can go on; the end of `signal` is thrown, so that the job goes back into its queue.
 */
export const letJudge = async (
	scope: Scope,
	judgingId: string,
	signal: AbortSignal,
	patience: Patience = usualPatience
): Promise<void> => {
	const [judging] = await scope.tx((tx) => tx.select().from(judgings).where(eq(judgings.id, judgingId)));
	if (judging?.status !== 'judging') return;
	try {
		await askOpen(scope, judging, signal, patience);
	} catch (problem) {
		signal.throwIfAborted();
		if (problem instanceof NoLongerWanted) return;
		if (!(problem instanceof ProviderError || problem instanceof AppError)) throw problem;
		return scope.tx(async (tx) => {
			await endJudging(tx, judging, { status: 'failed', problem: problem.message });
			if (problem instanceof ProviderError) await markFrom(tx, judging.connectionId, problem);
		});
	}
	await scope.tx(async (tx) => {
		// where two were at it, the other may still wait for its last reply
		if ((await unjudged(tx, judging)).length === 0) await endJudging(tx, judging, { status: 'done', problem: null });
	});
};
