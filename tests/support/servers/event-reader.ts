import type { News } from '../../../src/lib/contract/live.ts';

export type ReadEvent = { id: string; topic: string };

/** Reads a page's live stream, as the browser does it. */
export const readEvents = async (url: string, session: string, lastEventId?: string) => {
	const stop = new AbortController();
	const answer = await fetch(url, {
		headers: {
			cookie: `session=${session}`,
			...(lastEventId !== undefined && { 'last-event-id': lastEventId })
		},
		signal: stop.signal
	});
	if (answer.status !== 200) throw new Error(`The stream was refused with ${answer.status}.`);
	let text = '';
	const waiting = new Set<() => void>();
	const tell = () => waiting.forEach((look) => look());
	let isOver = false;
	const ended = (async () => {
		const decoder = new TextDecoder();
		for await (const piece of answer.body!) {
			text += decoder.decode(piece as Uint8Array, { stream: true });
			tell();
		}
	})()
		.then(
			() => 'ended' as const,
			() => 'cut' as const
		)
		.finally(() => {
			isOver = true;
			tell();
		});
	const messages = () =>
		[...text.matchAll(/^id: (\S+)\ndata: (.*)\n$/gm)].map(([, id, data]) => ({
			id: id!,
			news: JSON.parse(data!) as News
		}));
	/** What others did, one for each topic of a message. */
	const events = (): ReadEvent[] => messages().flatMap(({ id, news }) => news.topics.map((topic) => ({ id, topic })));
	/** Waits until `enough`; false when the stream ended first. */
	const until = (enough: () => boolean) =>
		new Promise<boolean>((done) => {
			const look = () => {
				if (!enough() && !isOver) return;
				waiting.delete(look);
				done(enough());
			};
			waiting.add(look);
			look();
		});
	return {
		text: () => text,
		messages,
		events,
		until,
		/** The server ended it (`ended`), or the line was cut. */
		ended,
		leave: async () => {
			stop.abort();
			await ended;
		}
	};
};
