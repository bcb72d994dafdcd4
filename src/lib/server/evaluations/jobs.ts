import { job } from '../jobs/job.ts';
import { generateOutputs } from './generate.ts';
import { countVotes } from './verdict.ts';

export const evaluationJobs = [
	job('evaluation.generate', {
		id: 'evaluationId',
		atOnce: 2,
		run: (scope, { evaluationId }, signal) => generateOutputs(scope, evaluationId, signal)
	}),
	job('evaluation.count', {
		id: 'evaluationId',
		atOnce: 1,
		run: (scope, { evaluationId }) => countVotes(scope, evaluationId)
	})
];
