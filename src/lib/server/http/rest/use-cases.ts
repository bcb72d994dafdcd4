import { listModels } from '../../connections/models.ts';
import { listConnections } from '../../connections/queries.ts';
import * as evaluationCommands from '../../evaluations/commands.ts';
import * as evaluationQueries from '../../evaluations/queries.ts';
import * as exampleCommands from '../../examples/commands.ts';
import * as exampleQueries from '../../examples/queries.ts';
import { getMe } from '../../keys/queries.ts';
import { createProject } from '../../project/commands.ts';
import * as projectQueries from '../../project/queries.ts';
import * as ratingCommands from '../../ratings/commands.ts';
import * as runCommands from '../../runs/commands.ts';
import * as runQueries from '../../runs/queries.ts';
import * as servingCommands from '../../servings/commands.ts';
import * as splitCommands from '../../splits/commands.ts';
import * as splitQueries from '../../splits/queries.ts';
import * as webhookCommands from '../../webhooks/commands.ts';
import * as webhookQueries from '../../webhooks/queries.ts';
import * as webhookSending from '../../webhooks/sending.ts';
import type { Operation } from '../../../contract/operation.ts';
import type { ProjectScope, Scope } from '../../access/scope.ts';

type AnyUseCase = ((scope: Scope | ProjectScope, input: never) => Promise<unknown>) & { operation: Operation };

const isUseCase = (value: unknown): value is AnyUseCase => typeof value === 'function' && 'operation' in value;

/** The use case of each operation that a script can reach, by the operation's name. */
export const useCases: ReadonlyMap<string, AnyUseCase> = new Map(
	[
		{ getMe, listConnections, listModels, createProject },
		projectQueries,
		exampleQueries,
		exampleCommands,
		ratingCommands,
		splitQueries,
		splitCommands,
		runQueries,
		runCommands,
		servingCommands,
		evaluationQueries,
		evaluationCommands,
		webhookQueries,
		webhookCommands,
		webhookSending
	]
		.flatMap((room): unknown[] => Object.values(room))
		.filter(isUseCase)
		.map((useCase) => [useCase.operation.name, useCase])
);
