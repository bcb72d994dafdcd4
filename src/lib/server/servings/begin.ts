import { randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { runCan } from '../../core/runs/status.ts';
import { idleMinutes, startMinutes } from '../../core/servings/serving.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { mustAfford } from '../budget/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { servings } from '../platform/db/schema.ts';
import type { Access, Weights } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { type Run, runById } from '../runs/rows.ts';
import { type Serving, aliveServing, ofItsBase } from './rows.ts';

export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** Throws *conflict* for a run without a model. */
export const mustBeReady = (run: Run) => {
	if (!runCan.evaluate(run))
		throw new AppError('conflict', `v${run.version} is not ready, so its model cannot answer yet.`);
};

/** What is deployed for a run: its model, or its base as it is. */
export const weightsFor = (run: Run, ofBase: boolean): Weights => ({
	modelObject: run.modelObject!,
	base: ofBase ? run.baseModel : null
});

/** Whether the provider can deploy a run's model, or its base, at what price of an hour, and why not. */
export const deployability = async (
	run: Run,
	access: Access,
	ofBase = false
): Promise<{ centsPerHour: number | null; problem: string | null }> => {
	if (!run.modelObject)
		return {
			centsPerHour: null,
			problem: 'The provider gave this model no number to deploy it by. Train again, or ask the provider.'
		};
	const { ok, centsPerHour, reason } = await providers[access.provider].deployable(access, weightsFor(run, ofBase));
	const no = reason ?? 'The provider cannot deploy this model. It was trained, but it cannot be called.';
	return { centsPerHour, problem: ok ? null : no };
};

/** Whether somebody wants the model at this moment. Asked when nobody can stop it at the same time. */
export type Still = (tx: Tx) => Promise<boolean>;
export const always: Still = async () => true;

/** `ofBase`: the base of the run instead of its model. `still`: only while that holds. */
export type ToBegin = { ofBase?: boolean; still?: Still };

/**
 * Asks whether the model can be deployed at all, then writes the row that makes somebody do it: the one place where a
 * deployment that is billed begins. Once for a run, and once for its base; null when it is not wanted any more.
 */
export const beginServing = async (
	scope: Scope,
	run: Run,
	access: Access,
	{ ofBase = false, still = always }: ToBegin = {}
): Promise<Serving | null> => {
	const { centsPerHour, problem } = await deployability(run, access, ofBase);
	if (problem !== null) throw new AppError('conflict', problem);
	return scope.tx(async (tx) => {
		await runById(tx, run.id, { lock: true });
		const alive = await aliveServing(tx, run.id, ofBase);
		if (alive) return alive;
		if (!(await still(tx))) return null;
		// a start takes its time, and nobody wants one that is stopped before it has answered
		await mustAfford(tx, run.projectId, centsPerHour && (centsPerHour * idleMinutes) / 60);
		const [serving] = await tx
			.insert(servings)
			.values({
				projectId: run.projectId,
				runId: run.id,
				baseModel: ofBase ? run.baseModel : null,
				// letters and digits only: it becomes part of an address at the provider
				mark: `ait-${ofBase ? 'base' : 'v'}${run.version}-${randomBytes(8).toString('hex')}`,
				status: 'starting',
				centsPerHour,
				startedBy: scope.userId,
				idleAt: inMinutes(startMinutes + idleMinutes)
			})
			.returning();
		await record(tx, scope, {
			event: 'serving.started',
			subject: serving!.id,
			projectId: run.projectId,
			details: { run: run.id, version: run.version, centsPerHour, ...ofItsBase(serving!) }
		});
		await enqueue(tx, 'serving.follow', { servingId: serving!.id });
		return serving!;
	});
};
