import fs from 'node:fs';
import { type Measure, figure } from './measure.ts';

/** What was measured last, and is kept in the repository: by `npm run bench -- --keep`, on a machine with nothing else to do. */
const file = 'tests/bench/last.json';

type Kept = { figure: number; commit: string; at: string };
export type Last = Record<string, Kept>;
type Compared = Pick<Measure, 'id' | 'what' | 'judged' | 'better'> & { figure: number };

/** So much worse may come from the machine; more is said. */
const tolerated = 0.15;

/** A smaller one is another measurement. */
const nameOf = ({ id, what }: Pick<Measure, 'id' | 'what'>, isQuick: boolean) =>
	`${id} ${what}${isQuick ? ' (quick)' : ''}`;

export const readLast = (): Last => (fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Last) : {});

/** A sentence for each ratio that is more than 15 % worse than the last one. Plain values are the machine's as much as ours, and are not compared. */
export const worseThan = (last: Last, measures: Compared[], isQuick: boolean): string[] =>
	measures.flatMap((measure) => {
		const before = last[nameOf(measure, isQuick)];
		if (!before || measure.judged === 'value' || before.figure <= 0) return [];
		const change = measure.figure / before.figure - 1;
		const worse = measure.better === 'lower' ? change : -change;
		if (worse <= tolerated) return [];
		const name = nameOf(measure, isQuick);
		return [
			`${name}: ${Math.round(100 * worse)} % worse, ${measure.figure.toFixed(2)} after ${before.figure.toFixed(2)} at ${before.commit} (${before.at.slice(0, 10)}).`
		];
	});

/** The same list with these in the place of what they measure anew. */
export const withMeasures = (
	last: Last,
	measures: Compared[],
	isQuick: boolean,
	{ commit, at }: { commit: string; at: string }
): Last =>
	Object.fromEntries(
		Object.entries({
			...last,
			...Object.fromEntries(
				measures.map((measure) => [
					nameOf(measure, isQuick),
					{ figure: Number(measure.figure.toPrecision(4)), commit, at }
				])
			)
		}).sort(([a], [b]) => a.localeCompare(b))
	);

export const compared = (measure: Measure): Compared => ({ ...measure, figure: figure(measure) });

export const keepLast = (last: Last): void => fs.writeFileSync(file, JSON.stringify(last, null, '\t') + '\n');
