import * as v from 'valibot';
import { type EventName, type Topic, events } from '../../contract/events.ts';
import type { Scope } from '../access/scope.ts';
import { tellPages } from './relay.ts';

/** What it happened to, and in which project. */
type About = { subject: string; projectId: string };

/** `name($1, …)`, and what `record` writes of it where it has happened. `opening`: of a transaction that this statement is all of. */
const textOf = (name: string, count: number, opening?: string): string => {
	const places = Array.from({ length: count + 7 }, (_, index) => `$${index + 1}`);
	const [project, person, key, event, subject, tab, topics] = places.slice(count);
	const [first, ...others] = places.slice(0, count);
	// what the function is given comes from what has to be asked before it
	const deed = opening
		? `opened as materialized (select ${first}::uuid as project, ${opening}),
		deed as materialized (select deed.* from opened, ${name}(${['opened.project', ...others].join(', ')}) deed)`
		: `deed as materialized (select * from ${name}(${[first, ...others].join(', ')}))`;
	const text = `
		with ${deed},
		activity as (
			insert into activities (project_id, person_id, key_id, event, subject, details)
			select ${project}::uuid, ${person}::uuid, ${key}::uuid, ${event}::text, ${subject}::text, details from deed where happened
		), news as (
			insert into outbox (project_id, topic, event, tab)
			select ${project}::uuid, topic, ${event}::text, ${tab}::uuid from deed, unnest(${topics}::text[]) topic where happened
		)
		select * from deed`;
	return text.replace(/\s+/g, ' ');
};

/**
 * A deed that is one function of the database (drizzle/functions) of so many `values`, the first of them the project, and what `record` would write of
 * it: one statement, which is a transaction by itself where the scope's are no more than that (`Transacting`). The function is
 * asked under row level security, like any statement. It answers whether it has `happened` now, or had before, the `details` of the
 * event, and `Answer`; what it raises is thrown.
 */
export const deed = <Answer extends object>(event: EventName, name: string, count: number) => {
	const { details: schema, topics, feed, audited, webhook } = events[event];
	if (!feed || audited || webhook) throw new Error(`${event} is more than an activity, or less: it needs "record".`);
	const text = textOf(name, count);
	const textFrom = (opening: string) => textOf(name, count, opening);
	return async (
		scope: Pick<Scope, 'teamId' | 'userId' | 'key' | 'request' | 'tx'>,
		{ subject, projectId }: About,
		values: unknown[]
	): Promise<Answer> => {
		const named = (topics as (about: About) => Topic[])({ subject, projectId });
		const actor = [scope.userId, scope.key?.id ?? null];
		const valuesFor = (untold: Topic[]) => [
			...[...values, projectId, ...actor, event, subject, scope.request?.tab ?? null],
			untold
		];
		const heldOut = ({ happened, details, ...answer }: Record<string, unknown>) => {
			if (happened && process.env.NODE_ENV === 'test') v.parse(schema, details);
			return { happened, answer: answer as Answer };
		};
		const { alone } = scope.tx;
		if (alone) {
			const { happened, answer } = heldOut(await alone(textFrom, valuesFor(named)));
			if (happened) tellPages(scope.teamId);
			return answer;
		}
		return scope.tx(async (tx) => {
			const untold = named.filter((topic) => !tx.topics.has(topic));
			const sent = tx.sends.unsafe(text, valuesFor(untold) as never[]);
			tx.last();
			const { happened, answer } = heldOut((await sent)[0]!);
			if (happened) {
				tx.events.push(event);
				for (const topic of untold) tx.topics.add(topic);
			}
			return answer;
		});
	};
};
