// What Node 20 does not have and core uses. Loaded before anything else.

Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
	const groups = new Map<K, T[]>();
	let index = 0;
	for (const item of items) {
		const key = keyOf(item, index++);
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return groups;
};

URL.parse ??= (url, base) => {
	try {
		return new URL(url, base);
	} catch {
		return null;
	}
};
