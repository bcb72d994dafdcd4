import type { PressedName } from '../../../contract/mcp.ts';
import { to } from '../../../paths.ts';

type Page = (team: string, project: string, given: Record<string, unknown>) => string;

const text = (value: unknown) => encodeURIComponent(String(value));

/** Where a person presses the button for what an agent is not to do. `given` is what the agent has sent. */
export const pages: Record<PressedName, Page> = {
	'examples.delete': to.examples,
	'prompts.delete': to.prompts,
	'webhooks.remove': (team, _, { webhookId }) => to.webhook(team, text(webhookId)),
	'runs.start': to.newRun,
	'servings.start': (team, project, { runId }) => to.run(team, project, text(runId)),
	'servings.chat': (team, project) => to.playground(team, project),
	'evaluations.create': to.newEvaluation,
	'evaluations.createScoring': to.newScoring,
	'evaluations.createThreeWay': to.newThreeWay,
	'evaluations.continue': (team, project, { evaluationId }) => to.results(team, project, text(evaluationId)),
	'evaluations.retry': (team, project, { evaluationId }) => to.evaluation(team, project, text(evaluationId)),
	'judgings.start': (team, project, { evaluationId }) => to.judge(team, project, text(evaluationId)),
	'judgings.retry': (team, project, { evaluationId }) => to.judge(team, project, text(evaluationId)),
	'guests.invite': (team, project, { evaluationId }) => to.evaluation(team, project, text(evaluationId)),
	'guests.restore': (team, project, { evaluationId }) => to.evaluation(team, project, text(evaluationId))
};
