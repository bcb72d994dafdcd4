/** Writes down, as one JSON line, what nobody expected and where: never what was sent. */
export const logBug = (problem: unknown, place: string) => {
	const { message, stack } = problem instanceof Error ? problem : new Error(String(problem));
	console.error(JSON.stringify({ at: new Date().toISOString(), level: 'error', event: 'bug', place, message, stack }));
};
