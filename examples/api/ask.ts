// What the larger scripts of this folder ask with. The key and the address come from the environment:
//
//   export AIT_KEY=ait_sk_…              from the team's settings, or as `npm run demo` prints it
//   export AIT_URL=http://localhost:3000 where aitelier runs; this is the default

const { AIT_KEY, AIT_URL = 'http://localhost:3000' } = process.env;

const passes: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Ends the script with a sentence, and with `code`. */
export const stop = (sentence: string, code = 1): never => {
	console.error(sentence);
	process.exit(code);
};

/** What the server says of a refusal; of a proxy before it, its number. */
const sentenceOf = async (answer: Response): Promise<string> => {
	const text = await answer.text();
	try {
		return (JSON.parse(text) as { error: { message: string } }).error.message;
	} catch {
		return `${AIT_URL} does not answer as aitelier does.`;
	}
};

type Request = { method?: string; headers?: Record<string, string>; body?: string | Blob };

/**
 * The JSON that an address below /api/v1 answers with. What passes by itself is asked again, five times at most, so give a request
 * that changes something an `idempotency-key`. What is refused ends the script with the server's sentence. A request that is still being
 * carried out, because its connection broke off before its answer, is waited for.
 */
export const ask = async <Answer>(path: string, request: Request = {}, tries = 5): Promise<Answer> => {
	if (!AIT_KEY)
		return stop('Put an API key into AIT_KEY: from the team’s settings, or as `npm run demo` prints it.', 2);
	const headers = { authorization: `Bearer ${AIT_KEY}`, ...request.headers };
	const answer = await fetch(`${AIT_URL}/api/v1${path}`, { ...request, headers }).catch((problem: Error) => problem);
	if (answer instanceof Response && answer.ok) return (await answer.json()) as Answer;
	const isUnderWay = answer instanceof Response && answer.status === 409 && answer.headers.has('retry-after');
	const isRefused = answer instanceof Response && !isUnderWay && (tries === 1 || !passes.has(answer.status));
	if (isRefused) return stop(`${answer.status}: ${await sentenceOf(answer)}`);
	if (tries === 1 && !isUnderWay) return stop(`${AIT_URL} does not answer.`);
	// a proxy may name a date
	const seconds = (answer instanceof Response && Number(answer.headers.get('retry-after'))) || 5;
	await new Promise((next) => setTimeout(next, seconds * 1000));
	return ask(path, request, isUnderWay ? tries : tries - 1);
};

/** What an import came to. */
export type Imported = {
	added: number;
	duplicates: number;
	refused: number;
	/** The first hundred of them. */
	refusals: { line: number; reason: string }[];
};

/** Sends a file of examples. `as`: sent twice under the same name it is one import. */
export const importFile = (project: string, name: string, body: string | Blob, as: string): Promise<Imported> =>
	ask(`/projects/${project}/imports`, {
		method: 'POST',
		headers: {
			'content-type': 'application/jsonl',
			'x-file-name': encodeURIComponent(name),
			'idempotency-key': `import-${as}`
		},
		body
	});

/** Says which lines were refused; `before` lines of the file came in earlier pieces. */
export const tellRefusals = ({ refusals }: Imported, before = 0): void => {
	for (const { line, reason } of refusals) console.error(`  line ${before + line}: ${reason}`);
};
