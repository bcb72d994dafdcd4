/** A piece of code and what it is: `plain` where it is nothing in particular. */
export type Token = { kind: 'plain' | 'text' | 'word' | 'remark' | 'number' | 'name'; text: string };

const text = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|` + '`(?:\\\\.|[^`\\\\])*`';
const number = String.raw`\b\d[\d_.]*\b`;
const grammar = (words: string, remark: string, name: string) =>
	new RegExp(
		`(?<remark>${remark})|(?<name>${name})|(?<text>${text})|(?<word>\\b(?:${words})\\b)|(?<number>${number})`,
		'g'
	);

const grammars: Record<string, RegExp> = {
	json: grammar('true|false|null', '(?!)', String.raw`"(?:\\.|[^"\\\n])*"(?=\s*:)`),
	typescript: grammar(
		'import|from|const|let|await|async|new|if|else|for|of|in|while|throw|return|export|function|true|false|null|undefined',
		String.raw`(?<!:)//[^\n]*`,
		String.raw`\b[A-Za-z_]\w*(?=\()`
	),
	python: grammar(
		'import|from|as|with|if|else|elif|for|in|while|not|def|return|raise|try|except|print|True|False|None',
		'#[^\\n]*',
		String.raw`\b[A-Za-z_]\w*(?=\()`
	),
	sh: grammar(
		'ait|curl|export|npm|npx|node|python3|mkdir|cd|echo|for|do|done|if|then|fi',
		String.raw`(?<![\w"$/])#[^\n]*`,
		String.raw`(?<=\s)--?[A-Za-z][\w-]*|\$\w+`
	)
};

/** The code in pieces for colours. A language nobody knows is one plain piece. */
export const tokensOf = (code: string, language: string): Token[] => {
	const known = grammars[language];
	if (!known) return [{ kind: 'plain', text: code }];
	const tokens: Token[] = [];
	let from = 0;
	for (const found of code.matchAll(known)) {
		if (found.index > from) tokens.push({ kind: 'plain', text: code.slice(from, found.index) });
		const [kind] = Object.entries(found.groups!).find(([, part]) => part !== undefined)!;
		tokens.push({ kind: kind as Token['kind'], text: found[0] });
		from = found.index + found[0].length;
	}
	if (from < code.length) tokens.push({ kind: 'plain', text: code.slice(from) });
	return tokens;
};
