import { figure } from '../lib/core/text/figure.ts';
import { exitCodes } from './exit-codes.ts';
import type { Unreadable } from './files/examples.ts';
import type { Say } from './terminal/say.ts';

const named = 3;

/** Lines of the project's file that cannot be read: they stay as they are, are told at the end, and make the command end with 1. */
export const gatherUnreadable = () => {
	const first: Unreadable[] = [];
	let count = 0;
	return {
		add(line: Unreadable) {
			count++;
			if (first.length < named) first.push(line);
		},
		/** For the answer in JSON. */
		count: () => count,
		/** The exit code. */
		tell(say: Say): number {
			if (count === 0) return exitCodes.ok.code;
			const lines = count === 1 ? 'One line' : `${figure(count)} lines`;
			say.warn(
				`ait: ${lines} of data/examples.jsonl cannot be read, and stay${count === 1 ? 's' : ''} as it is:`.replace(
					'stay as it is',
					'stay as they are'
				)
			);
			for (const { reason } of first) say.warn(`     ${reason}`);
			say.warn('     Try: ait doctor, which names each of them');
			return exitCodes.failed.code;
		}
	};
};
