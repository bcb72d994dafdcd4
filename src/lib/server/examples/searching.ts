import { Unavailable } from '../../core/errors.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { plainPool } from '../platform/db/pools.ts';

/**
 * So many searches of a team read at once in a process; the next wait for one of them, without a connection. What has no signature yet is
 * read for up to a minute, and the team's other pages, like other teams, need connections too.
 */
const atOnce = 2;
const mostWaiting = 20;

type Share = { busy: number; waiting: Set<() => void> };
const shares = new Map<string, Share>();

const place = async (share: Share, left?: AbortSignal) => {
	if (share.busy < atOnce) return void share.busy++;
	if (share.waiting.size >= mostWaiting)
		throw new Unavailable('Your team is searching many times at once. Wait until one search is done, and try again.');
	// whoever ends hands its place on
	await new Promise<void>((go, refuse) => {
		const next = () => {
			left?.removeEventListener('abort', leave);
			go();
		};
		const leave = () => {
			share.waiting.delete(next);
			refuse(left!.reason);
		};
		left?.addEventListener('abort', leave, { once: true });
		share.waiting.add(next);
	});
};

/** Does the work, a search, when it is the team's turn; not at all when whoever asked has left by then. */
export const inShare = async <T>({ teamId, request }: Scope, work: () => Promise<T>): Promise<T> => {
	request?.left?.throwIfAborted();
	const share = shares.get(teamId) ?? { busy: 0, waiting: new Set() };
	shares.set(teamId, share);
	await place(share, request?.left);
	try {
		return await work();
	} finally {
		const [next] = share.waiting;
		if (next) {
			share.waiting.delete(next);
			next();
		} else if (--share.busy === 0) shares.delete(teamId);
	}
};

/** A step: what the transaction is asked meanwhile ends when whoever asked has left. */
export const whileWanted = async <T>(tx: Tx, left: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
	if (!left) return work();
	// sent in one packet with the work
	const backend = Promise.resolve(tx.$client`select pg_backend_pid() as pid`);
	backend.catch(() => {}); // when it fails, so does what comes behind it
	let cancelled: Promise<unknown> | undefined;
	const cancel = () => {
		cancelled = backend.then(([row]) => plainPool()`select pg_cancel_backend(${row!.pid})`).catch(() => {});
	};
	left.addEventListener('abort', cancel, { once: true });
	try {
		return await work();
	} finally {
		left.removeEventListener('abort', cancel);
		// the connection is not another's before nothing can end on it any more
		await cancelled;
	}
};
