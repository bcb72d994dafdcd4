import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { countedFrom } from '../../../src/lib/core/evaluations/counted.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import * as tables from '../../../src/lib/server/platform/db/schema.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';

/** One row in every team table, made by an owner the ordinary way. Returns the project's id and the ids by table name. `slug`: its address, where a team has two. */
export const oneOfEach = (scope: Scope & { userId: string | null }, otherPerson: string, slug = 'one') =>
	scope.tx(async (tx) => {
		const personId = scope.userId!;
		const ids: Record<string, string> = {};
		// eslint-disable-next-line @typescript-eslint/no-explicit-any -- one loop over tables of every shape
		const add = async (name: string, table: any, values: Record<string, unknown>) => {
			// eslint-disable-next-line @typescript-eslint/no-explicit-any
			const [row] = (await tx.insert(table).values(values).returning()) as any[];
			return (ids[name] = row.id as string);
		};
		await tx.insert(tables.members).values({ teamId: scope.teamId, personId: otherPerson, role: 'rater' });
		await add('invitations', tables.invitations, {
			email: `${slug}@example.com`,
			role: 'rater',
			tokenHash: Buffer.from(randomUUID()),
			expiresAt: new Date(2100, 0)
		});
		const keyId = await add('api_keys', tables.apiKeys, {
			name: 'Nightly import',
			role: 'trainer',
			hash: Buffer.from(randomUUID()),
			hint: 'ait_sk_…x',
			expiresAt: new Date(2100, 0),
			rolledAt: new Date(),
			revokedAt: new Date()
		});
		// what nobody who serves may write, functions do: a request by the name a key gave it, and a token by its device flow
		const hash = () => Buffer.from(randomUUID());
		const sql = tx.$client;
		await sql`select set_config('app.key_id', ${keyId}, true), claim_request('first', ${hash()}, 30)`;
		await sql`select set_config('app.key_id', '', true)`;
		const [device, code] = [hash(), hash()];
		await sql`select begin_device(${device}, ${code}, 'ait', '127.0.0.1')`;
		await sql`select answer_device(${code}, ${personId}, ${scope.teamId}, 20, null, null)`;
		await sql`select from take_device(${device}, ${hash()}, 'ait_pt_…x', '127.0.0.1')`;
		const connectionId = await add('connections', tables.connections, { provider: 'sandbox', name: 'Sandbox' });
		const projectId = await add('projects', tables.projects, {
			slug,
			name: 'One',
			baseModel: 'sandbox-small',
			connectionId,
			recipe: defaultRecipe
		});
		await add('imports', tables.imports, { projectId, fileName: 'a.jsonl', refusals: [] });
		await tx
			.insert(tables.exampleSignatures)
			.values({ teamId: scope.teamId, projectId, block: 0, bits: Buffer.alloc(1) });
		await tx.insert(tables.exampleMarks).values({ projectId, number: 1, marks: ['order'] });
		const example = (number: number, split: 'train' | 'validation') => ({
			projectId,
			number,
			split,
			messages: [],
			contentHash: Buffer.from(`c${number}`),
			promptHash: Buffer.from(`p${number}`),
			tokens: 1,
			origin: 'written'
		});
		const exampleId = await add('examples', tables.examples, example(1, 'validation'));
		await add('prompts', tables.prompts, {
			projectId,
			number: 1,
			messages: [],
			promptHash: Buffer.from('q'),
			origin: 'written'
		});
		await add('ratings', tables.ratings, { projectId, exampleId, personId, score: 8, clientId: randomUUID() });
		await add('rewrites', tables.rewrites, { projectId, exampleId, personId, output: 'x', clientId: randomUUID() });
		const runId = await add('runs', tables.runs, {
			projectId,
			version: 1,
			connectionId,
			baseModel: 'sandbox-small',
			recipe: defaultRecipe,
			seed: 1,
			status: 'ready',
			mark: randomUUID(),
			trainCount: 1,
			validationCount: 1,
			tokens: 1,
			counted: { rows: 1, tokens: 1, longestTokens: 1, contextTokens: 1 }
		});
		const now = new Date();
		await add('run_files', tables.runFiles, { projectId, runId, kind: 'train', body: '', sha256: '', byteCount: 0 });
		await add('run_file_parts', tables.runFileParts, {
			projectId,
			runId,
			kind: 'train',
			place: 0,
			body: '',
			sha256: ''
		});
		await tx.insert(tables.runPrompts).values({ projectId, runId, promptHash: Buffer.from('p') });
		await add('run_examples', tables.runExamples, { projectId, runId, exampleId, kind: 'validation' });
		await add('run_events', tables.runEvents, { projectId, runId, at: now, level: 'info', kind: 'x', message: 'x' });
		await add('run_points', tables.runPoints, { projectId, runId, series: 'train', step: 1, loss: 1, at: now });
		await add('servings', tables.servings, { projectId, runId, mark: randomUUID(), status: 'ready', idleAt: now });
		const evaluationId = await add('evaluations', tables.evaluations, {
			projectId,
			number: 1,
			name: 'One',
			runId,
			connectionId,
			baseModel: 'sandbox-small',
			systemPrompt: '',
			planned: 1,
			temperature: 0,
			maxTokens: 10,
			seed: 1,
			status: 'voting'
		});
		const pairingId = await add('pairings', tables.pairings, {
			projectId,
			evaluationId,
			exampleId,
			position: 1,
			prompt: [],
			reference: ''
		});
		await add('outputs', tables.outputs, { projectId, evaluationId, pairingId, contender: 'a', text: 'x' });
		// what a vote came to is written down once it is over
		const over = await tx
			.insert(tables.evaluations)
			.values({
				...{ projectId, number: 2, name: 'Two', runId, connectionId, baseModel: 'sandbox-small', systemPrompt: '' },
				...{ planned: 1, temperature: 0, maxTokens: 10, seed: 1, status: 'voting', revealedAt: now }
			})
			.returning({ id: tables.evaluations.id });
		await tx.insert(tables.judgedPairs).values({
			...{ projectId, evaluationId: over[0]!.id, place: 0, pairingId, askedId: exampleId },
			...{ outcome: 'a', sum: 1, votes: 1, again: false, lengthA: 1, lengthB: 1 },
			...{ thoughtA: false, thoughtB: false, completeA: true, completeB: true }
		});
		const [noInterval, counts] = [
			{ interval: null, winInterval: null },
			{ wins: 1, losses: 0, ties: 0, bothBad: 0 }
		];
		await tx
			.update(tables.evaluations)
			.set({
				result: {
					...{ version: 'v1', against: 'base', kind: 'need-more-data', title: 'NEED MORE DATA' },
					...{ netPreference: 1, winRate: 1, ...noInterval, ...counts }
				},
				counted: { ...countedFrom([], 1, [], [], []), missing: [], skipped: [], scripts: null, guests: null }
			})
			.where(eq(tables.evaluations.id, over[0]!.id));
		const judgingId = await add('judgings', tables.judgings, {
			...{ projectId, evaluationId, connectionId },
			...{ model: 'x', label: 'x', criteria: 'x', status: 'done', endedAt: now }
		});
		await add('judgments', tables.judgments, {
			...{ projectId, evaluationId, judgingId, pairingId },
			...{ swapped: false, choice: 'first', shortened: false, reply: 'x' }
		});
		const ballotId = await add('ballots', tables.ballots, {
			projectId,
			evaluationId,
			pairingId,
			personId,
			position: 1,
			swapped: false
		});
		await add('votes', tables.votes, {
			projectId,
			evaluationId,
			pairingId,
			ballotId,
			personId,
			clientId: randomUUID()
		});
		await add('remarks', tables.remarks, {
			projectId,
			evaluationId,
			pairingId,
			ballotId,
			personId,
			firstScore: 8,
			note: 'x',
			clientId: randomUUID()
		});
		const link = hash();
		ids.guest_links = await add('guest_links', tables.guestLinks, {
			...{ projectId, evaluationId, hash: link, title: 'x', instructions: 'x' },
			...{ pairs: 1, mostGuests: 1, expiresAt: new Date(2100, 0) }
		});
		await sql`select begin_guest(${link}, ${hash()}, ${[pairingId]}, '{false}')`;
		const pairId = await add('playground_pairs', tables.playgroundPairs, {
			projectId,
			prompt: [],
			promptHash: Buffer.from('p'),
			chosen: 'x',
			rejected: 'y',
			chosenBy: 'v1',
			rejectedBy: 'base',
			personId,
			clientId: randomUUID()
		});
		await add('run_pairs', tables.runPairs, { projectId, runId, pairId });
		await add('budgets', tables.budgets, { projectId, cents: 5000 });
		await add('budget_notices', tables.budgetNotices, { projectId, month: '2026-11', cents: 5000, percent: 80 });
		await add('mails', tables.mails, { projectId, kind: 'run', subject: runId, personId });
		await add('answer_costs', tables.answerCosts, { projectId, month: '2026-11', purpose: 'playground', cents: 1 });
		const endpointId = await add('webhook_endpoints', tables.webhookEndpoints, {
			name: 'One',
			url: 'https://example.com',
			events: ['run.finished'],
			projectIds: [projectId],
			sealedSecret: {}
		});
		await add('webhook_deliveries', tables.webhookDeliveries, {
			endpointId,
			projectIds: [projectId],
			event: 'run.finished',
			body: '{}',
			state: 'delivered',
			nextAt: null
		});
		await add('outbox', tables.outbox, { projectId, topic: 'project:x' });
		const activity = { projectId, personId, event: 'example.rated', subject: '1', details: { number: 1 } };
		await add('activities', tables.activities, activity);
		await add('audit_entries', tables.auditEntries, { personId, action: 'x', subject: 'x', details: {} });
		await tx.$client`select chain_audit(${scope.teamId})`; // its link is made with it, and has its place
		return { projectId, ids };
	});
