/** Where a JSON text breaks, as people count, and what mends it. */
export type Broken = { line: number; column: number; mend: string };

class Found extends Error {
	readonly at: number;
	readonly mend: string;

	constructor(at: number, mend: string) {
		super(mend);
		this.at = at;
		this.mend = mend;
	}
}

const literal = /(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)(?![\w.+-])/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

const matchAt = (pattern: RegExp, text: string, at: number): string | null => {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0] ?? null;
};

const blanks = (text: string, at: number): number => at + matchAt(/[ \t\r\n]*/y, text, at)!.length;

const whyNoValue = (text: string, at: number): string => {
	const sign = text[at];
	if (sign === undefined) return 'it ends too early: a closing } or ] is missing';
	if (sign === "'") return 'write " instead of \'';
	if (sign === '/' || sign === '#') return 'JSON has no comments: remove this one';
	if (sign === '}' || sign === ']') return 'remove the comma before it';
	if (sign === ',') return 'remove this comma, or write what is missing before it';
	if (sign === '"') return 'this text has no end: a " is missing, or a line break stands in it';
	return 'put this text into "…"';
};

const value = (text: string, from: number): number => {
	const at = blanks(text, from);
	const sign = text[at];
	if (sign !== '{' && sign !== '[') {
		const found = matchAt(sign === '"' ? string : literal, text, at);
		if (found === null) throw new Found(at, whyNoValue(text, at));
		return at + found.length;
	}
	const close = sign === '{' ? '}' : ']';
	let next = blanks(text, at + 1);
	if (text[next] === close) return next + 1;
	for (;;) {
		if (sign === '{') {
			const key = matchAt(string, text, next);
			if (key === null) throw new Found(next, whyNoValue(text, next));
			next = blanks(text, next + key.length);
			if (text[next] !== ':') throw new Found(next, 'a : is missing before it');
			next++;
		}
		next = blanks(text, value(text, next));
		if (text[next] === close) return next + 1;
		if (text[next] !== ',')
			throw new Found(next, text[next] === undefined ? whyNoValue(text, next) : 'a comma is missing before it');
		next = blanks(text, next + 1);
	}
};

/** Null for a text that `JSON.parse` takes. Node says the place only for some mistakes, and never what to do. */
export const brokenJson = (text: string): Broken | null => {
	try {
		const end = blanks(text, value(text, text.charCodeAt(0) === 0xfeff ? 1 : 0));
		if (end < text.length) throw new Found(end, 'remove what stands behind the end');
		return null;
	} catch (problem) {
		if (!(problem instanceof Found)) throw problem;
		const before = text.slice(0, problem.at);
		const lineStart = before.lastIndexOf('\n') + 1;
		return { line: before.split('\n').length, column: problem.at - lineStart + 1, mend: problem.mend };
	}
};
