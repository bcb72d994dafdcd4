// What the automatic split decides, on columns of numbers instead of objects: a million examples fit into some megabytes.
import { apportion } from '../math/apportion.ts';

/** Examples, a column each. */
export type Dealt = {
	/** The same for the same prompt, from 0 on without gaps. */
	groups: number[];
	/** Its place in the order of this seed. */
	places: number[];
	/** The whole part of a good rating; 0: not good. */
	strata: number[];
	/** Where it stands: a `side`. */
	sides: number[];
	/** 1: a run has trained on it. */
	trained: number[];
};

export const side = { none: 0, train: 1, validation: 2, conflict: 3 } as const;

export type Decided = {
	/** Per example: where it goes, `conflict` where either side would leak, `none` where it stays. */
	to: Uint8Array;
	/** The examples that were decided about, those with a side of their prompt first, then family by family. */
	order: number[];
};

const groupCount = (groups: readonly number[]): number => {
	let most = -1;
	for (const group of groups) if (group > most) most = group;
	return most + 1;
};

/** Where prompts already are: a new example with the same prompt has to follow. */
const sidesOf = ({ groups, sides, trained }: Dealt, count: number): Uint8Array => {
	const known = new Uint8Array(count);
	for (let at = 0; at < groups.length; at++) {
		if (sides[at] === side.none && !trained[at]) continue;
		const own = sides[at] !== side.validation ? side.train : trained[at] ? side.conflict : side.validation;
		const group = groups[at]!;
		known[group] = known[group] === side.none || known[group] === own ? own : side.conflict;
	}
	return known;
};

/** Good examples without a side, group by group, in the order in which each group comes first. */
const familiesOf = ({ groups, strata, sides }: Dealt, count: number) => {
	const sizes = new Int32Array(count);
	const families: number[] = [];
	for (let at = 0; at < groups.length; at++) {
		if (strata[at] === 0 || sides[at] !== side.none) continue;
		if (sizes[groups[at]!]!++ === 0) families.push(groups[at]!);
	}
	const starts = new Int32Array(count);
	let start = 0;
	for (const group of families) {
		starts[group] = start;
		start += sizes[group]!;
	}
	const members = new Int32Array(start);
	const filled = new Int32Array(count);
	for (let at = 0; at < groups.length; at++) {
		if (strata[at] === 0 || sides[at] !== side.none) continue;
		const group = groups[at]!;
		members[starts[group]! + filled[group]!++] = at;
	}
	return { families, of: (group: number) => members.subarray(starts[group]!, starts[group]! + sizes[group]!) };
};

/** Seats of each stratum that validation still has to fill. */
const seatsOf = ({ strata, sides }: Dealt, share: number): Map<number, number> => {
	const counts = new Map<number, { key: number; size: number; taken: number }>();
	for (let at = 0; at < strata.length; at++) {
		const key = strata[at]!;
		if (key === 0) continue;
		const stratum = counts.get(key) ?? { key, size: 0, taken: 0 };
		counts.set(key, stratum);
		stratum.size++;
		if (sides[at] === side.validation) stratum.taken++;
	}
	const seats = apportion([...counts.values()], share);
	for (const { key, taken } of counts.values()) seats.set(key, seats.get(key)! - taken);
	return seats;
};

/**
 * Deals unassigned good examples out: proportional by rating over all good ones, counting what validation already holds, in the
 * order of their places. `isBefore` decides between two families with the same place.
 */
export const deal = (
	dealt: Dealt,
	validationShare: number,
	isBefore: (one: number, two: number) => boolean = (one, two) => one < two
): Decided => {
	const { groups, places, strata } = dealt;
	const count = groupCount(groups);
	const known = sidesOf(dealt, count);
	const { families, of } = familiesOf(dealt, count);
	const seats = seatsOf(dealt, validationShare);
	const fill = (at: number) => seats.set(strata[at]!, seats.get(strata[at]!)! - 1);
	const to = new Uint8Array(groups.length);
	const order: number[] = [];
	const free: number[] = [];
	for (const group of families) {
		const own = known[group]!;
		if (own === side.none) {
			free.push(group);
			continue;
		}
		for (const at of of(group)) {
			to[at] = own;
			order.push(at);
			if (own === side.validation) fill(at);
		}
	}

	/** The member of each free group that comes first. */
	const firsts = new Int32Array(count);
	for (const group of free) firsts[group] = of(group).reduce((one, two) => (places[two]! < places[one]! ? two : one));
	const ordered = Int32Array.from(free).sort((one, two) => {
		const [first, second] = [firsts[one]!, firsts[two]!];
		return places[first]! - places[second]! || (isBefore(first, second) ? -1 : 1);
	});
	const chosen = new Uint8Array(count);
	const fitting = (members: Int32Array): number => {
		if (members.length === 1) return seats.get(strata[members[0]!]!)! > 0 ? 1 : 0;
		const used = new Map<number, number>();
		return members.filter((at) => {
			const stratum = strata[at]!;
			used.set(stratum, (used.get(stratum) ?? 0) + 1);
			return used.get(stratum)! <= seats.get(stratum)!;
		}).length;
	};
	const choose = (fits: (members: Int32Array) => boolean) => {
		for (const group of ordered) {
			if (![...seats.values()].some((left) => left > 0)) return;
			const members = of(group);
			if (chosen[group] || !fits(members)) continue;
			chosen[group] = 1;
			members.forEach(fill);
		}
	};
	choose((members) => fitting(members) === members.length);
	choose((members) => fitting(members) * 2 > members.length); // large families: rather one too many than three too few
	for (const group of free)
		for (const at of of(group)) {
			to[at] = chosen[group] ? side.validation : side.train;
			order.push(at);
		}
	return { to, order };
};
