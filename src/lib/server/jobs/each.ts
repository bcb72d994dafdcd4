/** Does it with each, one after the other. What goes wrong with one stands in no other's way; the first of it is thrown at the end. */
export const eachOf = async <T>(list: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> => {
	const problems: unknown[] = [];
	for (const one of list) await work(one).catch((problem: unknown) => void problems.push(problem));
	if (problems.length > 0) throw problems[0];
};
