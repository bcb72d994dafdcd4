import { unit } from '../support/run/stages.ts';

// Tests that `npm test` asks a few times, asked as often as was promised.
const often = {
	/** Connections of a busy process that are ended, and restarts of Postgres. */
	LOST: '80,9',
	/** Removals of whoever holds back a request. */
	HELD: '1000',
	/** Calls of all kinds on the same examples, six at a time. */
	MIXED: '5000'
};
const files = ['server/platform/db/lost-connections', 'http/held-body', 'server/examples/counted'];

export const rounds = async (): Promise<{ passed: number; failed: number }> => {
	Object.assign(process.env, often);
	const { passed, failed, details } = await unit(
		'rounds',
		files.map((name) => `tests/${name}.test.ts`)
	).run();
	if (failed) console.log(details);
	return { passed, failed };
};
