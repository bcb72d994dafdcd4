import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import {
	CreateConnection,
	LookForStrays,
	type NewConnection,
	RemoveConnection,
	ReplaceKey,
	SetPrice,
	StopStray,
	SwitchStrays,
	TestConnection
} from '../../contract/connections.ts';
import { providerFacts } from '../../contract/providers.ts';
import { enteredFor } from '../../core/connections/prices.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { dayOf } from '../../core/runs/retirement.ts';
import type { AnswerPrice } from '../../core/servings/answer-price.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { connections, projects } from '../platform/db/schema.ts';
import { ProviderError } from '../providers/errors.ts';
import type { ProviderId } from '../providers/provider.ts';
import { accessToNew, addressOf, ask, told } from './check.ts';
import { modelsOf } from './models.ts';
import { accessOf, accessTo, connectionOf, sealedFor, shownPrices } from './rows.ts';
import { lookAt, shownStray, stopOne } from './strays.ts';

const nameOf = ({ provider, name, baseUrl }: NewConnection) =>
	name || (providerFacts[provider].hasAddress ? new URL(baseUrl).host : providerFacts[provider].name);

/**
 * The first half of a new connection: asks its provider. `keep` is the second half, a step in the transaction of whoever
 * makes something together with it; it returns the id.
 */
export const prepareConnection = async (scope: Scope, input: NewConnection) => {
	authorize(scope, CreateConnection.action);
	const answer = await ask(await accessToNew(scope, input));
	const { provider } = input;
	const facts = { provider, name: nameOf(input), baseUrl: addressOf(input) };
	const keep = async (tx: Tx): Promise<string> => {
		const place = { teamId: scope.teamId, id: randomUUID() };
		await tx.insert(connections).values({ id: place.id, ...facts, ...sealedFor(place, input.key), ...told(answer) });
		await record(tx, scope, { event: 'connection.created', subject: place.id, details: facts });
		return place.id;
	};
	return { check: answer.check, keep };
};

/** Keeps a connection, with what its provider says of it now. A refused key is kept too: the page says why, and it can be replaced. */
export const createConnection = command(CreateConnection, async (scope, input) => {
	const { check, keep } = await prepareConnection(scope, input);
	return { id: await scope.tx(keep), check };
});

/** Asks the provider again and keeps the answer. */
export const testConnection = command(TestConnection, async (scope, { connectionId: id }) => {
	const row = await scope.tx((tx) => connectionOf(tx, id));
	const answer = await ask(accessOf(row));
	await scope.tx(async (tx) => {
		await tx.update(connections).set(told(answer)).where(eq(connections.id, id));
		await record(tx, scope, { event: 'connection.tested', subject: id, details: { name: row.name } });
	});
	return answer.check;
});

/** Puts a new key in the place of the old one, which is gone after this. Takes effect with the next call. */
export const replaceKey = command(ReplaceKey, async (scope, { connectionId: id, key }) => {
	const row = await scope.tx((tx) => connectionOf(tx, id));
	const answer = await ask(accessTo(row, key));
	await scope.tx(async (tx) => {
		await tx
			.update(connections)
			.set({ status: 'untested', ...sealedFor(row, key), ...told(answer) })
			.where(eq(connections.id, id));
		await record(tx, scope, { event: 'connection.key_replaced', subject: id, details: { name: row.name } });
	});
	return answer.check;
});

/** A step: throws *conflict* with the names of the projects that use the connection. */
const refuseWhileUsed = async (tx: Tx, id: string) => {
	const users = await tx.select({ name: projects.name }).from(projects).where(eq(projects.connectionId, id)).limit(4);
	if (users.length === 0) return;
	const named = users.slice(0, 3).map(({ name }) => `“${name}”`);
	const names = named.join(', ') + (users.length > 3 ? ' and others' : '');
	throw new AppError(
		'conflict',
		`${names} still use this connection. Choose another one in the settings of the project first.`
	);
};

const isForeignKey = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code === '23503';

/** Removes a connection and its key. Refused while a project uses it, or a run or evaluation names it. */
export const removeConnection = command(RemoveConnection, async (scope, { connectionId: id }) => {
	try {
		await scope.tx(async (tx) => {
			const { name, provider } = await connectionOf(tx, id);
			await refuseWhileUsed(tx, id);
			await tx.delete(connections).where(eq(connections.id, id));
			await record(tx, scope, { event: 'connection.removed', subject: id, details: { name, provider } });
		});
	} catch (problem) {
		if (!isForeignKey(problem)) throw problem;
		throw new AppError(
			'conflict',
			'Past runs or evaluations were made through this connection, or a deleted project that can still be brought back is on it, so its record stays. Replace its key if it must not be used again.'
		);
	}
});

const inWords = (problem: unknown): never => {
	throw problem instanceof ProviderError ? new AppError('conflict', problem.message) : problem;
};

/** Asks the provider what runs there and nothing here knows of, and keeps the answer; stops it where the connection says so. */
export const lookForStrays = command(LookForStrays, async (scope, { connectionId }) =>
	(await lookAt(scope, connectionId).catch(inWords)).map(shownStray)
);

/** Stops one of those that a look has found, once it is certain that it is still nobody's. Gone already is as good. */
export const stopStray = command(StopStray, async (scope, { connectionId, mark }) => {
	const row = await scope.tx((tx) => connectionOf(tx, connectionId));
	const found = await lookAt(scope, connectionId).catch(inWords);
	const stray = found.find((each) => each.mark === mark);
	if (stray && !row.stopsStrays) {
		await stopOne(scope, accessOf(row), row, stray).catch(inWords);
		await lookAt(scope, connectionId).catch(inWords);
	}
	return null;
});

/** From the next look on they are stopped, or only said. */
export const switchStrays = command(SwitchStrays, (scope, { connectionId, stops }) =>
	scope.tx(async (tx) => {
		const { id, name, stopsStrays } = await connectionOf(tx, connectionId);
		if (stopsStrays === stops) return null;
		await tx.update(connections).set({ stopsStrays: stops }).where(eq(connections.id, id));
		await record(tx, scope, { event: 'connection.strays_switched', subject: id, details: { name, stops } });
		return null;
	})
);

/** More than a person enters by hand. */
const mostPrices = 100;

/** Holds from the next estimate on; what was estimated before stays. */
export const setPrice = command(SetPrice, (scope, { connectionId, model, ...given }) =>
	scope.tx(async (tx) => {
		const { id, name, provider, prices } = await connectionOf(tx, connectionId, { lock: true });
		if (provider === 'sandbox') throw new AppError('conflict', 'The sandbox costs nothing, so it has no prices.');
		const training = given.trainingCentsPerMillion;
		const [prompt, completion] = [given.promptCentsPerMillion, given.completionCentsPerMillion];
		const isKnown = training !== null || prompt !== null;
		const { [model]: _, ...others } = prices;
		if (!isKnown && !enteredFor(prices, model)) return null;
		if (isKnown && Object.keys(others).length >= mostPrices)
			throw new AppError('conflict', `A connection has at most ${mostPrices} prices. Remove one that is not needed.`);
		const on = dayOf(new Date());
		const changed = isKnown ? { ...others, [model]: { training, prompt, completion, on } } : others;
		await tx.update(connections).set({ prices: changed }).where(eq(connections.id, id));
		await record(tx, scope, { event: 'connection.priced', subject: id, details: { name, model, isKnown } });
		return null;
	})
);

/** Nobody waits longer for a price before an answer is asked for. */
const priceWithinMs = 2_000;

const enteredPriceOf = async (tx: Tx, connectionId: string, model: string) =>
	shownPrices((await connectionOf(tx, connectionId)).prices).find((each) => each.model === model);

/**
 * What an answer of a model costs by the token, for whoever is about to ask it: between two transactions of theirs. null: the provider
 * names no price, or none in time. A list that was asked for in the last five minutes answers at once.
 */
export const answerPriceOf = async (
	scope: Scope,
	{ connectionId, provider }: { connectionId: string; provider: ProviderId },
	model: string
): Promise<AnswerPrice | null> => {
	if (provider === 'sandbox') return { prompt: 0, completion: 0 };
	const over = new AbortController();
	const late = wait(priceWithinMs, [], { signal: over.signal }).catch(() => []);
	// a provider that refuses will say so to the question itself
	const models = await Promise.race([modelsOf(scope, connectionId).catch(() => []), late]).finally(() => over.abort());
	const found = models.find(({ id }) => id === model);
	// a tuned model is in no list of many servers, and a list that came too late says nothing
	const entered = found ?? (await scope.tx((tx) => enteredPriceOf(tx, connectionId, model)));
	const [prompt, completion] = [entered?.promptCentsPerMillion ?? null, entered?.completionCentsPerMillion ?? null];
	return prompt === null || completion === null ? null : { prompt, completion };
};
