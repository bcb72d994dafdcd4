// The one table of operations: pages, forms, REST, docs and tests are made from it.
import type { Operation } from './operation.ts';
import * as evaluationResults from './evaluation-results.ts';
import * as evaluations from './evaluations.ts';
import * as examples from './examples.ts';
import * as ratings from './ratings.ts';
import * as runs from './runs.ts';
import * as servings from './servings.ts';
import * as splits from './splits.ts';

const isOperation = (value: unknown): value is Operation =>
	typeof value === 'object' && value !== null && 'kind' in value && 'input' in value && 'output' in value;

/** Every operation, feature by feature in the order of the loop. */
export const operations: readonly Operation[] = [
	examples,
	ratings,
	splits,
	runs,
	servings,
	evaluations,
	evaluationResults
].flatMap((feature) => (Object.values(feature) as unknown[]).filter(isOperation));
