import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What waits for clocks and processes for long: begun last, one of them would be waited for by nobody else. */
const slow = [
	'server/worker-crash',
	'server/runs/follow',
	'server/processes',
	'server/runs/submit',
	'server/servings/servings',
	'http/routes',
	'server/evaluations/generate-killed',
	'server/providers/failures',
	'http/held-body',
	'server/evaluations/generate-served',
	'http/blindness',
	'server/verify/audit',
	'upgrade/rolling'
];

const placeOf = ({ moduleId }: TestSpecification) => {
	const place = slow.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
	return place < 0 ? slow.length : place;
};

/** A clean clone knows no durations, and vitest would then begin with the largest files. */
export class SlowestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
	}
}
