// What an account of the sandbox has, beside its trainings (timeline.ts).

export type SandboxFile = {
	id: string;
	wire: 'together' | 'openai';
	name: string;
	purpose: string;
	bytes: number;
	digest: string;
	createdAtMs: number;
	/** Set while a signed upload is under way: the secret of its address. */
	ticket: string | null;
	lines: number;
	tokens: number;
	problem: string | null;
	/** Missing in files of an earlier state: those are all conversations. */
	format?: 'conversation' | 'preference';
	/** Nobody has asked yet that it is looked at. */
	isIdle?: boolean;
	/** It was announced by somebody who has to ask. */
	waitsForQuestion?: boolean;
	/** The first control token, with its line; missing in files of an earlier state. */
	controlToken?: string | null;
};

export type Deployment = {
	id: string;
	name: string;
	/** What it runs: the job that made it, or the base model as it is. */
	jobId: string | null;
	baseId?: string;
	config: string;
	replicas: number;
	createdAtMs: number;
	/** When the number of replicas was last changed. */
	changedAtMs: number;
	/** Minutes without a question after which it stops by itself; 0 never. */
	inactiveMinutes?: number;
	usedAtMs?: number;
};

export type Endpoint = {
	id: string;
	name: string;
	createdAtMs: number;
	split: { deploymentId: string; weight: number }[];
	deployments: Record<string, Deployment>;
};
