// The conditions in a piece of SQL or PL/pgSQL, cut where `and` and `or` join them, at every depth.

/** One clause, and what it becomes in a mutant: what leaves the others to decide. */
export type Clause = { from: number; to: number; becomes: 'true' | 'false' };

type Token = { word: string; from: number; to: number };
type Operand = { from: number; to: number; joins: Set<string> };
/** A condition being read: what opened it, its clauses so far, and whether one of them has begun. */
type Condition = { opener: string; operands: Operand[]; from: number | null; joins: Set<string> };
type Frame = { kind: '(' | 'case' | 'top'; condition: Condition | null };

const openers = new Set(['where', 'when', 'if', 'having', 'on']);
const enders = new Set(
	'then loop group order limit for returning union except intersect else join left inner cross execute do select'.split(
		' '
	)
);
const scanner = /--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\$\w*\$|\$\d+|[\w.]+|::|[^\s\w]/g;

const tokensOf = (sql: string): Token[] =>
	[...sql.matchAll(scanner)]
		.filter(([text]) => !text.startsWith('--'))
		.map((match) => ({ word: match[0].toLowerCase(), from: match.index, to: match.index + match[0].length }));

const newCondition = (opener: string): Condition => ({ opener, operands: [], from: null, joins: new Set() });

/** Every clause of every condition after `where`, `when`, `if`, `having` and the `on` of a join. */
export const clausesOf = (sql: string): Clause[] => {
	const found: Clause[] = [];
	const tokens = tokensOf(sql);
	const frames: Frame[] = [{ kind: 'top', condition: null }];
	const frame = () => frames.at(-1)!;
	let last: Token | undefined;
	let between = false;
	let joined = false;

	const endOperand = (joinedBy?: string) => {
		const { condition } = frame();
		if (!condition || condition.from === null) return;
		if (joinedBy) condition.joins.add(joinedBy);
		condition.operands.push({ from: condition.from, to: last!.to, joins: condition.joins });
		condition.from = null;
		condition.joins = new Set(joinedBy ? [joinedBy] : []);
	};
	const endCondition = () => {
		endOperand();
		const { condition } = frame();
		if (condition) found.push(...clausesIn(condition));
		frame().condition = null;
	};

	for (const [i, token] of tokens.entries()) {
		const { word } = token;
		const next = tokens[i + 1]?.word;
		const { condition } = frame();
		const begins = condition?.from === null;
		if (word === 'join') joined = true;
		if (word === '(') {
			if (begins) condition.from = token.from;
			// brackets at the start of a clause hold a condition, unless they hold a query or a row
			frames.push({ kind: '(', condition: begins && next !== 'select' ? newCondition('(') : null });
		} else if (word === ')') {
			endCondition();
			if (frames.length > 1) frames.pop();
		} else if (word === 'case') {
			if (begins) condition.from = token.from;
			frames.push({ kind: 'case', condition: null });
		} else if (word === 'end' && frame().kind === 'case') {
			endCondition();
			frames.pop();
		} else if (word === ',') {
			if (condition?.opener === '(') frame().condition = null;
			else endCondition();
		} else if (word === 'on' && next === 'conflict') {
			endCondition();
			joined = false;
		} else if (openers.has(word) && last?.word !== 'end' && (word !== 'on' || joined)) {
			endCondition();
			if (word === 'on') joined = false;
			frame().condition = newCondition(word);
		} else if (
			word === ';' ||
			/^\$\w*\$$/.test(word) ||
			enders.has(word) ||
			(word === 'from' && last?.word !== 'distinct')
		) {
			endCondition();
		} else if (word === 'between') {
			between = true;
		} else if (word === 'and' && between) {
			between = false;
		} else if (word === 'and' || word === 'or') {
			endOperand(word);
		} else if (begins) {
			condition.from = token.from;
		}
		last = token;
	}
	while (frames.length > 1) {
		endCondition();
		frames.pop();
	}
	endCondition();
	return found.sort((a, b) => a.from - b.from);
};

const clausesIn = ({ opener, operands }: Condition): Clause[] => {
	if (operands.length === 0) return [];
	if (operands.length === 1) {
		// (a) is a: whatever holds the brackets has it already
		if (opener === '(') return [];
		return [{ from: operands[0]!.from, to: operands[0]!.to, becomes: opener === 'if' ? 'false' : 'true' }];
	}
	const each = operands.map(({ from, to, joins }): Clause => ({
		from,
		to,
		becomes: joins.has('and') ? 'true' : 'false'
	}));
	if (opener !== 'if') return each;
	return [{ from: operands[0]!.from, to: operands.at(-1)!.to, becomes: 'false' }, ...each];
};
