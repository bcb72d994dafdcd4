import { job } from '../jobs/job.ts';
import { generateOutputs } from './generate.ts';

export { requeueGenerations } from './retry.ts';

export const evaluationJobs = [
	job('evaluation.generate', {
		id: 'evaluationId',
		atOnce: 2,
		run: (scope, { evaluationId }, signal) => generateOutputs(scope, evaluationId, signal)
	})
];
