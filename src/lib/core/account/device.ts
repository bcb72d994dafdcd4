const browsers: [name: string, sign: RegExp][] = [
	['Edge', /Edg(e|A|iOS)?\//],
	['Opera', /OPR\//],
	['Firefox', /(Firefox|FxiOS)\//],
	['Chrome', /(Chrome|CriOS|Chromium)\//],
	['Safari', /Safari\//]
];
const systems: [name: string, sign: RegExp][] = [
	['iPhone', /iPhone/],
	['iPad', /iPad/],
	['Android', /Android/],
	['Windows', /Windows/],
	['Mac', /Mac OS X|Macintosh/],
	['Chromebook', /CrOS/],
	['Linux', /Linux/]
];

const nameIn = (list: [string, RegExp][], text: string) => list.find(([, sign]) => sign.test(text))?.[0];

/** What a person calls the browser behind a `User-Agent`: `Firefox on Windows`. A guess, to recognise it by; no more. */
export const deviceWords = (userAgent: string): string => {
	const browser = nameIn(browsers, userAgent);
	const system = nameIn(systems, userAgent);
	if (browser && system) return `${browser} on ${system}`;
	return browser ?? system ?? 'Unknown browser';
};
