import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { column } from '../files/columns.ts';
import type { Unreadable } from '../files/examples.ts';
import { type Seen, type Stretch, lineNear, scan } from './scan.ts';

/** A smaller file is looked through before another thread has begun; of a larger one the columns of both would be too much memory. */
const [smallest, largest] = [1 << 24, 1 << 28];

const sideNames = [null, 'train', 'val'] as const;

/** What a stretch of the file has in it, as columns that another thread can hand over. A rating of 0 is none. */
const gathered = (stretch: Stretch) => {
	const columns = {
		lines: column(Int32Array),
		prompts: column(Float64Array),
		places: column(Float64Array),
		ratings: column(Float64Array),
		splits: column(Uint8Array),
		open: column(Uint8Array)
	};
	const unreadable: Unreadable[] = [];
	const give = ({ line, prompt, place, isOpen, rating, split }: Seen) => {
		columns.lines.push(line);
		columns.prompts.push(prompt);
		columns.places.push(place);
		columns.ratings.push(rating ?? 0);
		columns.splits.push(sideNames.indexOf(split));
		columns.open.push(Number(isOpen));
	};
	const lines = scan(stretch, give, (line) => void unreadable.push(line));
	const found = Object.fromEntries(Object.entries(columns).map(([name, { all }]) => [name, all().slice()]));
	return { ...(found as Record<keyof typeof columns, Float64Array>), unreadable, lineCount: lines };
};

type Gathered = ReturnType<typeof gathered>;

/** What the other thread does: main.ts starts it. */
export const answer = (): void => parentPort!.postMessage(gathered(workerData as Stretch));

/** The same as `scan`, of a file of some size in two threads. `program`: what the other one runs. */
export const scanInTwo = async (
	stretch: Omit<Stretch, 'from' | 'to'>,
	program: string | undefined,
	give: (seen: Seen) => void,
	unreadable: (line: Unreadable) => void
): Promise<void> => {
	const { size } = statSync(stretch.file);
	const isWorthIt = size >= smallest && size <= largest && availableParallelism() > 1;
	if (program === undefined || !isWorthIt) return void scan({ ...stretch, from: 0, to: size }, give, unreadable);
	const middle = lineNear(stretch.file, Math.floor(size * 0.55)); // the other one begins a little later
	const worker = new Worker(program, { workerData: { ...stretch, from: middle, to: size } satisfies Stretch });
	const answered = new Promise<Gathered>((done, fail) => worker.once('message', done).once('error', fail));
	const before = scan({ ...stretch, from: 0, to: middle }, give, unreadable);
	const found = await answered;
	for (const { line, reason } of found.unreadable)
		unreadable({ line: before + line, reason: reason.replace(/^Line \d+/, `Line ${before + line}`) });
	for (let at = 0; at < found.lines.length; at++)
		give({
			line: before + found.lines[at]!,
			prompt: found.prompts[at]!,
			place: found.places[at]!,
			isOpen: found.open[at] === 1,
			rating: found.ratings[at] || null,
			split: sideNames[found.splits[at]!]!
		});
};
