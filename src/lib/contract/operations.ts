// The one table of operations: pages, forms, REST, docs and tests are made from it.
import type { Operation } from './operation.ts';
import * as account from './account.ts';
import * as activity from './activity.ts';
import * as audit from './audit.ts';
import * as budget from './budget.ts';
import * as connections from './connections.ts';
import * as evaluationResults from './evaluation-results.ts';
import * as evaluations from './evaluations.ts';
import * as examples from './examples.ts';
import * as fewShot from './few-shot.ts';
import * as guests from './guests.ts';
import * as judgings from './judgings.ts';
import * as keys from './keys.ts';
import * as pairs from './pairs.ts';
import * as playground from './playground.ts';
import * as project from './project.ts';
import * as projectEnd from './project-end.ts';
import * as prompts from './prompts.ts';
import * as ratings from './ratings.ts';
import * as runComparison from './run-comparison.ts';
import * as runs from './runs.ts';
import * as scoring from './scoring.ts';
import * as servings from './servings.ts';
import * as splits from './splits.ts';
import * as team from './team.ts';
import * as threeWay from './three-way.ts';
import * as tokens from './tokens.ts';
import * as webhooks from './webhooks.ts';

const isOperation = (value: unknown): value is Operation =>
	typeof value === 'object' && value !== null && 'kind' in value && 'input' in value && 'output' in value;

/** Every operation, feature by feature in the order of the loop. */
export const operations: readonly Operation[] = [
	account,
	tokens,
	team,
	connections,
	keys,
	project,
	projectEnd,
	budget,
	examples,
	prompts,
	ratings,
	splits,
	runs,
	pairs,
	runComparison,
	servings,
	evaluations,
	fewShot,
	guests,
	judgings,
	evaluationResults,
	scoring,
	threeWay,
	playground,
	webhooks,
	activity,
	audit
].flatMap((feature) => (Object.values(feature) as unknown[]).filter(isOperation));
