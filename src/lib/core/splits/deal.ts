// What the automatic split decides, on columns of numbers instead of objects: a million examples fit into some megabytes.
import { apportion } from '../math/apportion.ts';
import { sorting } from '../math/sorting.ts';
import { type Steps, atOnce, isRest } from '../steps.ts';

/** Examples, a column each. */
export type Dealt = {
	/** The same for the same prompt, from 0 on without gaps. */
	groups: ArrayLike<number>;
	/** Its place in the order of this seed. */
	places: ArrayLike<number>;
	/** The whole part of a good rating; 0: not good. */
	strata: ArrayLike<number>;
	/** Where it stands: a `side`. */
	sides: ArrayLike<number>;
	/** 1: a run has trained on it. */
	trained: ArrayLike<number>;
};

export const side = { none: 0, train: 1, validation: 2, conflict: 3 } as const;

export type Decided = {
	/** Per example: where it goes, `conflict` where either side would leak, `none` where it stays. */
	to: Uint8Array;
	/** The examples that were decided about, those with a side of their prompt first, then family by family. */
	order: ArrayLike<number>;
};

const groupCount = (groups: ArrayLike<number>): number => {
	let most = -1;
	for (let at = 0; at < groups.length; at++) if (groups[at]! > most) most = groups[at]!;
	return most + 1;
};

/** Where prompts already are: a new example with the same prompt has to follow. */
function* knowingSides({ groups, sides, trained }: Dealt, count: number): Steps<Uint8Array> {
	const known = new Uint8Array(count);
	for (let at = 0; at < groups.length; at++) {
		if (isRest(at)) yield;
		if (sides[at] === side.none && !trained[at]) continue;
		const own = sides[at] !== side.validation ? side.train : trained[at] ? side.conflict : side.validation;
		const group = groups[at]!;
		known[group] = known[group] === side.none || known[group] === own ? own : side.conflict;
	}
	return known;
}

type Families = Record<'families' | 'members' | 'starts' | 'sizes', Int32Array>;

/** Good examples without a side, group by group, in the order in which each group comes first: `members` from `starts` on. */
function* gatheringFamilies({ groups, strata, sides }: Dealt, count: number): Steps<Families> {
	const sizes = new Int32Array(count);
	const families = new Int32Array(count);
	let [familyCount, memberCount] = [0, 0];
	for (let at = 0; at < groups.length; at++) {
		if (isRest(at)) yield;
		if (strata[at] === 0 || sides[at] !== side.none) continue;
		if (sizes[groups[at]!]!++ === 0) families[familyCount++] = groups[at]!;
		memberCount++;
	}
	const starts = new Int32Array(count);
	let start = 0;
	for (let family = 0; family < familyCount; family++) {
		if (isRest(family)) yield;
		starts[families[family]!] = start;
		start += sizes[families[family]!]!;
	}
	const members = new Int32Array(memberCount);
	const filled = Int32Array.from(starts);
	for (let at = 0; at < groups.length; at++) {
		if (isRest(at)) yield;
		if (strata[at] !== 0 && sides[at] === side.none) members[filled[groups[at]!]!++] = at;
	}
	return { families: families.subarray(0, familyCount), members, starts, sizes };
}

/** Seats of each stratum that validation still has to fill. */
function* countingSeats({ strata, sides }: Dealt, share: number): Steps<Map<number, number>> {
	const counts = new Map<number, { key: number; size: number; taken: number }>();
	for (let at = 0; at < strata.length; at++) {
		if (isRest(at)) yield;
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
}

/**
 * Groups in the order of the places of their first members. Numbers alone are sorted in a tenth of the time, so the last bits of each make room for
 * whose it is; the few that are alike in the others are put in order afterwards, by all bits, and by `isBefore` where several have the same place.
 */
function* ordering(
	groups: Int32Array,
	firsts: Int32Array,
	places: ArrayLike<number>,
	isBefore: (one: number, two: number) => boolean
): Steps<Int32Array> {
	const room = 2 ** Math.ceil(Math.log2(groups.length + 1));
	const sorted = new Float64Array(groups.length);
	for (let index = 0; index < groups.length; index++) {
		if (isRest(index)) yield;
		sorted[index] = Math.floor(places[firsts[groups[index]!]!]! / room) * room + index;
	}
	yield* sorting(sorted);
	const ordered = new Int32Array(groups.length);
	const compare = (one: number, two: number) => {
		const [first, second] = [firsts[one]!, firsts[two]!];
		return places[first]! - places[second]! || Number(isBefore(second, first)) - Number(isBefore(first, second));
	};
	let alike = 0;
	for (let index = 0, last = -1; index < sorted.length; index++) {
		if (isRest(index)) yield;
		const most = Math.floor(sorted[index]! / room);
		ordered[index] = groups[sorted[index]! - most * room]!;
		if (most !== last) {
			if (index - alike > 1) ordered.subarray(alike, index).sort(compare);
			[alike, last] = [index, most];
		}
	}
	ordered.subarray(alike).sort(compare);
	return ordered;
}

/**
 * Deals unassigned good examples out: proportional by rating over all good ones, counting what validation already holds, in the
 * order of their places. `isBefore` decides between two families with the same place.
 */
export function* dealing(
	dealt: Dealt,
	validationShare: number,
	isBefore: (one: number, two: number) => boolean = (one, two) => one < two
): Steps<Decided> {
	const { groups, places, strata } = dealt;
	const count = groupCount(groups);
	yield;
	const known = yield* knowingSides(dealt, count);
	const { families, members, starts, sizes } = yield* gatheringFamilies(dealt, count);
	const seats = yield* countingSeats(dealt, validationShare);
	let open = [...seats.values()].filter((left) => left > 0).length; // strata with a seat left
	const fill = (at: number) => {
		const left = seats.get(strata[at]!)! - 1;
		seats.set(strata[at]!, left);
		if (left === 0) open--;
	};
	const to = new Uint8Array(groups.length);
	const order = new Int32Array(members.length);
	let decided = 0;
	/** All of a group go one way. */
	const send = (group: number, where: number) => {
		for (let place = starts[group]!; place < starts[group]! + sizes[group]!; place++) {
			const at = members[place]!;
			to[at] = where;
			order[decided++] = at;
		}
	};
	const fillAll = (group: number) => {
		for (let place = starts[group]!; place < starts[group]! + sizes[group]!; place++) fill(members[place]!);
	};

	let freeCount = 0; // the free ones move to the front
	for (let at = 0; at < families.length; at++) {
		if (isRest(at)) yield;
		const group = families[at]!;
		if (known[group] === side.none) families[freeCount++] = group;
		else {
			send(group, known[group]!);
			if (known[group] === side.validation) fillAll(group);
		}
	}
	const free = families.subarray(0, freeCount);

	/** The member of each free group that comes first. */
	const firsts = new Int32Array(count);
	for (let at = 0; at < freeCount; at++) {
		if (isRest(at)) yield;
		const group = free[at]!;
		let first = members[starts[group]!]!;
		for (let place = starts[group]! + 1; place < starts[group]! + sizes[group]!; place++)
			if (places[members[place]!]! < places[first]!) first = members[place]!;
		firsts[group] = first;
	}
	const ordered = yield* ordering(free, firsts, places, isBefore);
	const chosen = new Uint8Array(count);
	const used = new Map<number, number>();
	/** How many of a group find a seat. */
	const fitting = (group: number): number => {
		if (sizes[group] === 1) return seats.get(strata[members[starts[group]!]!]!)! > 0 ? 1 : 0;
		used.clear();
		let count = 0;
		for (let place = starts[group]!; place < starts[group]! + sizes[group]!; place++) {
			const stratum = strata[members[place]!]!;
			used.set(stratum, (used.get(stratum) ?? 0) + 1);
			if (used.get(stratum)! <= seats.get(stratum)!) count++;
		}
		return count;
	};
	const choosing = function* (fits: (group: number) => boolean): Steps<void> {
		for (let at = 0; at < ordered.length; at++) {
			if (isRest(at)) yield;
			const group = ordered[at]!;
			if (open <= 0) return;
			if (chosen[group] || !fits(group)) continue;
			chosen[group] = 1;
			fillAll(group);
		}
	};
	yield* choosing((group) => fitting(group) === sizes[group]);
	yield* choosing((group) => fitting(group) * 2 > sizes[group]!); // large families: rather one too many than three too few
	for (let at = 0; at < freeCount; at++) {
		if (isRest(at)) yield;
		send(free[at]!, chosen[free[at]!] ? side.validation : side.train);
	}
	return { to, order };
}

/** The same without a rest. */
export const deal = (...order: Parameters<typeof dealing>): Decided => atOnce(dealing(...order));
