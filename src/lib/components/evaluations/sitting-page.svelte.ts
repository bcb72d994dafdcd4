import { onMount, untrack } from 'svelte';
import type { Given, Value } from '$lib/client/outbox/acts';
import { outboxOf } from '$lib/client/outbox/outbox.svelte';
import { toast } from '$lib/components/ui/toast';
import { type Judgeable, type Queue, Sitting } from './sitting.svelte';

/** With fewer than this at hand a page asks for more at once. */
const few = 5;

type At<Pair, Answer> = {
	personId: string;
	/** Where the page is, its queue comes from, and words are sent to. */
	url: string;
	kind: Extract<Given['kind'], 'vote' | 'score'>;
	queue: Answer;
	/** What the server answers, as a queue. */
	read: (answer: Answer) => Queue<Pair>;
};

/**
 * A sitting on its page, for as long as that is open: what is decided goes out by the outbox, and what another window or an earlier visit
 * decided is no longer to do here. To be called while the page is made.
 */
export const sittingAt = <Pair extends Judgeable, Word extends string | number, Answer>({
	personId,
	url,
	kind,
	queue,
	read
}: At<Pair, Answer>) => {
	type Said = Word | 'skip' | null;
	const said = (value: Value) => value as Said;
	const outbox = outboxOf(personId);
	const give = ({ ballotId, position }: Pair, value: Said, saw: Said) =>
		outbox.give({ kind, place: url, subject: ballotId, number: position + 1, value, saw });
	const more = async (after: number, again: boolean) => {
		const answer = await fetch(`${url}?after=${after}${again ? '&again=true' : ''}`, {
			headers: { accept: 'application/json' }
		});
		if (!answer.ok) throw new Error('nothing more came');
		return read(await answer.json());
	};
	const session = new Sitting<Pair, Word>(read(queue), give, more);

	/** Everything of this page that has not arrived, and of that the words on what is judged. */
	const waiting = $derived(outbox.waiting.filter(({ place }) => place === url));
	const words = $derived(waiting.filter((act) => act.kind === kind));
	const refused = $derived(outbox.open.filter(({ place }) => place === url).length);

	const hear = (acts: Iterable<{ subject: string; value: Value; arrived?: number }>) => {
		for (const { subject, value, arrived } of acts) session.elsewhere(subject, said(value), arrived !== undefined);
	};
	onMount(() => {
		hear(outbox.latestAt(url).values());
		const stop = outbox.follow();
		if (session.left > 0 && session.pairs.length < few) void session.fill();
		return stop;
	});
	$effect(() => {
		const theirs = [...outbox.latestAt(url).values()].filter((act) => !outbox.isFromHere(act));
		untrack(() => hear(theirs));
	});
	// without a line the pairs at hand ran out; and what has just arrived may decide what comes next
	$effect(() => {
		if (waiting.length === 0 && session.pair === undefined && session.left > 0) void untrack(() => session.fill());
	});
	$effect(() => {
		if (refused === 0) return;
		const acts = untrack(() => words.map(({ value, saw = null }) => ({ mark: said(value), saw: said(saw) })));
		void untrack(() => session.sync(acts));
	});

	/** Brings back what was skipped. */
	const again = async () => {
		await outbox.flush(); // what was skipped here is known there first
		if (!(await session.again()))
			void toast('There is no connection.', { tone: 'warning', detail: 'What you skipped comes when it is back.' });
	};
	return {
		outbox,
		session,
		again,
		get waiting() {
			return waiting;
		},
		get words() {
			return words;
		},
		get refused() {
			return refused;
		}
	};
};
