// What squawk would say, in so far as it holds for us. Its npm package names programs for five systems, of which the registry had
// one; `npm ci` refuses such a lockfile. Squawk itself is asked by `npm run conformance -- migrations`.

type Rule = { name: string; found: RegExp; says: string; alone?: boolean; mayBeNew?: boolean };

const onTable = String.raw`alter\s+table\s+(?:only\s+)?(?:if\s+exists\s+)?"?(?<table>\w+)"?\s[\s\S]*?`;
const rules: Rule[] = [
	{
		name: 'index',
		found: /create\s+(?:unique\s+)?index\s+(?!concurrently)[\s\S]*?\son\s+(?:only\s+)?"?(?<table>\w+)"?/i,
		says: 'nobody writes to the table until the index is made; make it concurrently, in a file that runs alone',
		mayBeNew: true
	},
	{
		name: 'concurrently',
		found: /\b(?:create\s+(?:unique\s+)?index|drop\s+index|reindex\s+\w+)\s+concurrently\b/i,
		says: 'it can not run in a transaction: the file has to begin with "-- without a transaction"',
		alone: false
	},
	{
		name: 'constraint',
		found: new RegExp(
			String.raw`${onTable}add\s+constraint\s+"?\w+"?\s+(?:check|foreign\s+key)\b(?![\s\S]*\bnot\s+valid\b)`,
			'i'
		),
		says: 'every row is read while nobody writes; add it "not valid", and validate it in a file that runs alone',
		mayBeNew: true
	},
	{
		name: 'unique',
		found: new RegExp(
			String.raw`${onTable}add\s+constraint\s+"?\w+"?\s+(?:unique|primary\s+key)\b(?!\s+using\s+index)`,
			'i'
		),
		says: 'its index is made while nobody reads; make the index concurrently, and add the constraint "using index"',
		mayBeNew: true
	},
	{
		name: 'type',
		found: new RegExp(String.raw`${onTable}alter\s+column\s+"?\w+"?\s+(?:set\s+data\s+)?type\b`, 'i'),
		says: 'the table is written anew while nobody reads, and the version before meets another type; add a second column',
		mayBeNew: true
	},
	{
		name: 'null',
		found: new RegExp(String.raw`${onTable}alter\s+column\s+"?\w+"?\s+set\s+not\s+null\b`, 'i'),
		says: 'every row is read while nobody reads or writes, and the version before may leave it out; validate a check first',
		mayBeNew: true
	},
	{
		name: 'required',
		found: new RegExp(
			String.raw`${onTable}add\s+column\s+(?:if\s+not\s+exists\s+)?(?!(?:(?!,\s*add\b)[\s\S])*\b(?:default|generated)\b)(?:(?!,\s*add\b)[\s\S])*\bnot\s+null\b`,
			'i'
		),
		says: 'it fails where there are rows, and the version before can not write any; give it a default',
		mayBeNew: true
	},
	{
		name: 'volatile',
		found: new RegExp(
			String.raw`${onTable}add\s+column\s[\s\S]*\bdefault\s+(?:gen_random_uuid|random|clock_timestamp)\s*\(`,
			'i'
		),
		says: 'the table is written anew while nobody reads; add it without, and fill it in pieces',
		mayBeNew: true
	},
	{
		name: 'drop',
		found: new RegExp(String.raw`${onTable}drop\s+column\b|drop\s+table\b`, 'i'),
		says: 'the version before still names it while it serves; drop it one release after the last version that does'
	},
	{
		name: 'rename',
		found: new RegExp(String.raw`${onTable}rename\b`, 'i'),
		says: 'the version before still calls it by its name; add the new one beside it'
	},
	{
		name: 'lock',
		found: /\b(?:vacuum\s+full|cluster\s+"?\w|lock\s+table)\b/i,
		says: 'nobody else comes to the table until the file is done'
	}
];

/** Without what is only said or stored: comments, and the texts and functions between quotes. */
const bare = (statement: string) =>
	statement
		.replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
		.replace(/'(?:[^']|'')*'/g, "''")
		.replace(/--.*$/gm, '')
		.replace(/\/\*[\s\S]*?\*\//g, '');

const hasWork = (statement: string) => bare(statement).trim() !== '';

/** Statements, also where several stand in a piece. */
const statementsOf = (text: string) =>
	text.split('--> statement-breakpoint').flatMap((piece) => {
		// a semicolon inside a function or a text ends nothing
		const kept: string[] = [];
		const masked = piece.replace(
			/\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|--.*$/gm,
			(whole) => `\0${kept.push(whole) - 1}\0`
		);
		return masked.split(';').map((one) => one.replace(/\0(\d+)\0/g, (_, at) => kept[Number(at)]!));
	});

/**
 * What in a migration would keep people waiting, or break the version before, as `rule: why`. A statement whose comment says `safe: rule` and
 * why is believed; a table that the file makes itself is nobody's yet.
 */
export const dangersIn = (text: string): string[] => {
	const isAlone = text.startsWith('-- without a transaction');
	const made = new Set(
		[...text.matchAll(/create\s+table\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?/gi)].map(([, name]) => name)
	);
	const several =
		isAlone && text.split('--> statement-breakpoint').some((piece) => statementsOf(piece).filter(hasWork).length > 1);
	const together = several ? ['together: each statement of a file that runs alone ends with a breakpoint'] : [];
	const found = statementsOf(text).flatMap((statement) => {
		const said = bare(statement);
		return rules
			.filter(({ found, alone, mayBeNew, name }) => {
				if (alone === false && isAlone) return false;
				const [match, table] = [found.exec(said), found.exec(said)?.groups?.table];
				if (!match || (mayBeNew && table && made.has(table))) return false;
				return !new RegExp(String.raw`--.*\bsafe: ${name}\b.*\w`).test(statement);
			})
			.map(({ name, says }) => `${name}: ${says}`);
	});
	return [...together, ...found];
};
