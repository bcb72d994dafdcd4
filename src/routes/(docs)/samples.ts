// One request in three languages, to be copied as it stands: the address is this server's own, the key is in AIT_KEY.
import { fileTypes, typesOfFile } from '$lib/contract/openapi/document';
import { restFields } from '$lib/contract/openapi/rest-fields';
import type { RestRow } from '$lib/contract/rest';

export const languages = [
	{ id: 'sh', label: 'curl' },
	{ id: 'typescript', label: 'TypeScript' },
	{ id: 'python', label: 'Python' }
] as const;
export type Samples = Record<(typeof languages)[number]['id'], string>;

/** The project of the demo, so that what is copied works there. */
export const sampleProject = 'customer-support';
const file = 'examples.jsonl';

const needsKey = ({ operation }: RestRow) => operation.within !== 'visitor';

const addressOf = (base: string, row: RestRow) => {
	const { path, query } = restFields(row);
	const filled = path.reduce(
		(address, { name, example }) => address.replace(`{${name}}`, name === 'project' ? sampleProject : String(example)),
		row.path
	);
	const asked = query
		.filter(({ example }) => example !== undefined)
		.map(({ name, example }) => [name, String(example)]);
	return base + filled + (asked.length > 0 ? `?${new URLSearchParams(asked)}` : '');
};

type Words = { null: string; true: string; false: string; tab: string; quotesNames: boolean };
const asTypeScript: Words = { null: 'null', true: 'true', false: 'false', tab: '  ', quotesNames: false };
const asPython: Words = { null: 'None', true: 'True', false: 'False', tab: '    ', quotesNames: true };

/** A value as a language writes it, from a line on that is `depth` in. */
const literal = (value: unknown, words: Words, depth: string): string => {
	const inside = depth + words.tab;
	const list = (open: string, parts: string[], close: string) =>
		parts.length === 0 ? open + close : `${open}\n${parts.map((part) => inside + part).join(',\n')}\n${depth}${close}`;
	if (value === null || typeof value === 'boolean') return words[String(value) as 'null' | 'true' | 'false'];
	if (Array.isArray(value))
		return list(
			'[',
			value.map((each) => literal(each, words, inside)),
			']'
		);
	if (typeof value !== 'object') return JSON.stringify(value);
	const parts = Object.entries(value).map(
		([name, each]) => `${words.quotesNames ? JSON.stringify(name) : name}: ${literal(each, words, inside)}`
	);
	return list('{', parts, '}');
};

type Request = { row: RestRow; address: string; body: unknown; download: string | null };

const curl = ({ row, address, body, download }: Request) => {
	const parts = [
		`curl ${row.method === 'GET' ? '' : `-X ${row.method} `}"${address}"`,
		...(needsKey(row) ? ['-H "Authorization: Bearer $AIT_KEY"'] : [])
	];
	if (row.takesFile) parts.push(`-H "Content-Type: ${fileTypes[0]}"`, `-H "X-File-Name: ${file}"`, `-T ${file}`);
	if (body !== undefined)
		parts.push(
			'-H "Content-Type: application/json"',
			`-d '${JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`)}'`
		);
	if (download) parts.push(`-o ${download}`);
	return parts.join(' \\\n  ');
};

const typescript = ({ row, address, body, download }: Request) => {
	const headers = needsKey(row) ? ['authorization: `Bearer ${process.env.AIT_KEY}`'] : [];
	const options: string[] = row.method === 'GET' ? [] : [`method: '${row.method}'`];
	const imports: string[] = [];
	if (row.takesFile) {
		imports.push("import { openAsBlob } from 'node:fs';");
		headers.push(`'content-type': '${fileTypes[0]}'`, `'x-file-name': '${file}'`);
	}
	if (body !== undefined) headers.push("'content-type': 'application/json'");
	if (row.method !== 'GET') headers.push("'idempotency-key': crypto.randomUUID()");
	options.push(`headers: {\n${headers.map((each) => `    ${each}`).join(',\n')}\n  }`);
	if (row.takesFile) options.push(`body: await openAsBlob('${file}')`);
	if (body !== undefined) options.push(`body: JSON.stringify(${literal(body, asTypeScript, '  ')})`);
	if (download) imports.push("import { writeFile } from 'node:fs/promises';");
	return [
		...imports,
		...(imports.length > 0 ? [''] : []),
		`const answer = await fetch('${address}', {\n${options.map((each) => `  ${each}`).join(',\n')}\n});`,
		'if (!answer.ok) throw new Error(await answer.text());',
		download ? `await writeFile('${download}', answer.body!);` : 'console.log(await answer.json());'
	].join('\n');
};

const python = ({ row, address, body, download }: Request) => {
	const isCommand = row.method !== 'GET';
	const usesJson = body !== undefined || !download;
	const imports = [
		...(usesJson ? ['json'] : []),
		'os',
		...(download ? ['shutil'] : []),
		'urllib.request',
		...(isCommand ? ['uuid'] : [])
	];
	const headers = needsKey(row) ? [`"Authorization": f"Bearer {os.environ['AIT_KEY']}"`] : [];
	if (row.takesFile)
		headers.push(
			`"Content-Type": "${fileTypes[0]}"`,
			`"Content-Length": str(os.path.getsize("${file}"))`,
			`"X-File-Name": "${file}"`
		);
	if (body !== undefined) headers.push('"Content-Type": "application/json"');
	if (isCommand) headers.push('"Idempotency-Key": str(uuid.uuid4())');
	const options = [
		`"${address}"`,
		...(row.method === 'GET' ? [] : [`method="${row.method}"`]),
		`headers={\n${headers.map((each) => `        ${each},`).join('\n')}\n    }`
	];
	if (row.takesFile) options.push(`data=open("${file}", "rb")`);
	if (body !== undefined) options.push(`data=json.dumps(${literal(body, asPython, '    ')}).encode()`);
	const taken = download
		? `with urllib.request.urlopen(request) as answer, open("${download}", "wb") as file:\n    shutil.copyfileobj(answer, file)`
		: 'with urllib.request.urlopen(request) as answer:\n    print(json.load(answer))';
	return [
		`import ${imports.join(', ')}`,
		'',
		`request = urllib.request.Request(\n${options.map((each) => `    ${each},`).join('\n')}\n)`,
		taken
	].join('\n');
};

/** The example of an operation as curl, TypeScript and Python. `base` is the address of the API. */
export const samplesOf = (row: RestRow, base: string): Samples => {
	const given = row.operation.example.output as { name?: string } | null | undefined;
	const request: Request = {
		row,
		address: addressOf(base, row),
		body: restFields(row).bodyExample,
		download: typesOfFile(row) ? given!.name! : null
	};
	return { sh: curl(request), typescript: typescript(request), python: python(request) };
};
