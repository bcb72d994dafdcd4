import { listEveryModel } from '$lib/server/connections/models';
import { listStrays } from '$lib/server/connections/queries';
import { getDashboard, listActivity } from '$lib/server/activity/queries';
import { getBudget } from '$lib/server/budget/queries';
import * as evaluationCommands from '$lib/server/evaluations/commands';
import * as evaluationContinuing from '$lib/server/evaluations/continuing';
import { getFewShot } from '$lib/server/evaluations/few-shot';
import { createThreeWay } from '$lib/server/evaluations/new-three-way';
import { getThreeWay } from '$lib/server/evaluations/three-way';
import * as guestLinks from '$lib/server/evaluations/guest-links';
import * as judgings from '$lib/server/evaluations/judgings';
import * as evaluationQueries from '$lib/server/evaluations/queries';
import * as exampleCommands from '$lib/server/examples/commands';
import * as exampleQueries from '$lib/server/examples/queries';
import { getMe } from '$lib/server/keys/queries';
import * as playgroundCommands from '$lib/server/playground/commands';
import * as playgroundQueries from '$lib/server/playground/queries';
import { createProject } from '$lib/server/project/commands';
import * as projectQueries from '$lib/server/project/queries';
import * as promptCommands from '$lib/server/prompts/commands';
import * as promptQueries from '$lib/server/prompts/queries';
import * as ratingCommands from '$lib/server/ratings/commands';
import * as runCommands from '$lib/server/runs/commands';
import { compareRuns } from '$lib/server/runs/compare';
import { listTrainingPairs } from '$lib/server/runs/pair-list';
import * as runQueries from '$lib/server/runs/queries';
import * as servingCommands from '$lib/server/servings/commands';
import { chat } from '$lib/server/servings/chat';
import * as servingQueries from '$lib/server/servings/queries';
import * as splitCommands from '$lib/server/splits/commands';
import * as splitQueries from '$lib/server/splits/queries';
import * as webhookCommands from '$lib/server/webhooks/commands';
import * as webhookQueries from '$lib/server/webhooks/queries';
import * as webhookSending from '$lib/server/webhooks/sending';
import type { AnyUseCase } from '$lib/server/http/rest/use-cases';

const isUseCase = (value: unknown): value is AnyUseCase => typeof value === 'function' && 'operation' in value;

/** The use case of each operation that a script can reach, by the operation's name. */
export const useCases: ReadonlyMap<string, AnyUseCase> = new Map(
	[
		{
			chat,
			getBudget,
			getFewShot,
			createThreeWay,
			getThreeWay,
			getMe,
			getDashboard,
			listActivity,
			listEveryModel,
			listStrays,
			createProject,
			compareRuns,
			listTrainingPairs
		},
		projectQueries,
		exampleQueries,
		exampleCommands,
		promptQueries,
		promptCommands,
		ratingCommands,
		splitQueries,
		splitCommands,
		runQueries,
		runCommands,
		servingCommands,
		servingQueries,
		evaluationQueries,
		evaluationCommands,
		playgroundQueries,
		playgroundCommands,
		evaluationContinuing,
		guestLinks,
		judgings,
		webhookQueries,
		webhookCommands,
		webhookSending
	]
		.flatMap((room): unknown[] => Object.values(room))
		.filter(isUseCase)
		.map((useCase) => [useCase.operation.name, useCase])
);
