import { and, eq } from 'drizzle-orm';
import type { RunFileKind } from '../../contract/run.ts';
import { formatEstimate } from '../../core/runs/cost.ts';
import { runCan } from '../../core/runs/status.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { runFiles } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { changeRun, endRun, noteEvent } from './change.ts';
import { orderOf, stepBack } from './order.ts';
import { type Run, runById } from './rows.ts';
import { fileName } from './training-files.ts';

const fileIdOf = { train: 'trainingFileId', validation: 'validationFileId' } as const;

const fileOf = async (tx: Tx, run: Run, kind: RunFileKind) => {
	const [file] = await tx
		.select({ body: runFiles.body })
		.from(runFiles)
		.where(and(eq(runFiles.runId, run.id), eq(runFiles.kind, kind)));
	return file ? { name: fileName(run, kind), body: file.body, purpose: kind } : null;
};

/** Between transactions, file by file. False: the run was cancelled meanwhile. A file that was sent before is not sent again. */
export const uploadFiles = async (scope: Scope, first: Run, access: Access): Promise<boolean> => {
	for (const kind of ['train', 'validation'] as const satisfies RunFileKind[]) {
		const file = await scope.tx(async (tx) => {
			const run = await runById(tx, first.id, { lock: true });
			if (run.cancelRequestedAt || !runCan.submit(run)) return 'stop';
			return run[fileIdOf[kind]] ? null : fileOf(tx, run, kind);
		});
		if (file === 'stop') {
			await scope.tx((tx) => stepBack(tx, scope, first.id, access));
			return false;
		}
		if (!file) continue;
		const { fileId } = await providers[access.provider].upload(access, file);
		await scope.tx(async (tx) => {
			await changeRun(tx, scope, first, { [fileIdOf[kind]]: fileId, problem: null });
			const what = kind === 'train' ? 'training' : 'validation';
			await noteEvent(tx, first, { kind: 'uploaded', message: `The provider has accepted the ${what} file.` });
		});
	}
	return true;
};

/** The provider's own price and consent, which it gives once it has the file. A refusal ends the run before it costs. */
export const isAffordable = async (scope: Scope, runId: string, access: Access): Promise<boolean> => {
	const run = await scope.tx((tx) => runById(tx, runId));
	const estimate = await providers[access.provider].estimate(access, orderOf(run)).catch(noEstimate);
	if (!estimate) return true;
	await scope.tx(async (tx) => {
		const estimateCents = Math.ceil(estimate.cents);
		if (run.estimateCents !== estimateCents) {
			await changeRun(tx, scope, run, { estimateCents });
			const [theirs, ours] = [formatEstimate(estimateCents), formatEstimate(run.estimateCents)];
			await noteEvent(tx, run, {
				kind: 'estimated',
				message: `The provider estimates ${theirs}; before it had the files it was ${ours}.`
			});
		}
		if (!estimate.allowed) {
			await endRun(
				tx,
				scope,
				run,
				'failed',
				'The balance of the provider account is too low for this training. Top it up there, then train again.'
			);
		}
	});
	return estimate.allowed;
};

/** Without an estimate the order itself will say what is wrong, if anything is. */
const noEstimate = (problem: unknown): null => {
	if (problem instanceof ProviderError && problem.kind !== 'key') return null;
	throw problem;
};
