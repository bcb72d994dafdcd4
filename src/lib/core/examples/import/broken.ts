import { syntaxProblem } from '../../text/json.ts';

/** What people's files are often broken by, in words that help to mend them; the first that fits. */
const often: [sign: RegExp, words: string][] = [
	[/^\s*\{\s*'/, 'it has single quotes, as Python prints them; write it with json.dumps'],
	[/[:,[]\s*-?(NaN|Infinity)\s*[,\]}]/, 'it holds NaN or Infinity, for which JSON has no word; write null'],
	[/,\s*[\]}]/, 'there is a comma too many before a closing bracket']
];
/** Further in, nobody looks for it. */
const mostToLookAt = 100_000;

/** Why this line cannot be read, from what `JSON.parse` complained about. */
export const whyBroken = (text: string, problem: unknown): string => {
	const words = syntaxProblem(problem);
	const place = / at character (\d+)$/.exec(words)?.[1];
	if (place !== undefined && Number(place) > text.length && !words.startsWith('unterminated'))
		return 'it ends too early';
	const begin = text.slice(0, mostToLookAt);
	return often.find(([sign]) => sign.test(begin))?.[1] ?? words;
};
