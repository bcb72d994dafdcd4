import { log } from '../platform/log.ts';
import { type Entered, stillEnter } from './memberships.ts';

/** Whoever was removed, given another role or signed out hears nothing more after this long, and something (README: rights end at once). */
const lookEveryMs = 3_000;

type Watched = Entered & { lost: () => void };
type Watch = { all: Set<Watched>; timer?: NodeJS.Timeout };

const emptyWatch = (): Watch => ({ all: new Set() });
// Vite runs this module again after an edit; whoever is watched must stay so.
const watch = ((globalThis as { aitelierWatch?: Watch }).aitelierWatch ??= emptyWatch());

const look = async () => {
	const asked = [...watch.all];
	const still = await stillEnter(asked).catch((problem) => log.warn('rights', { problem: String(problem) }));
	for (const [place, one] of asked.entries()) if (still && !still[place] && watch.all.delete(one)) one.lost();
	watch.timer = undefined;
	lookLater();
};

const lookLater = () => {
	if (watch.all.size > 0) watch.timer ??= setTimeout(look, lookEveryMs).unref();
};

/** For long streams: `lost` is called once when the rights they were opened with are gone. Returns the way to stop. */
export const watchRights = ({ session, teamId, role, projectIds }: Entered, lost: () => void): (() => void) => {
	const one: Watched = { session, teamId, role, projectIds, lost };
	watch.all.add(one);
	lookLater();
	return () => void watch.all.delete(one);
};
