import * as v from 'valibot';
import { type EventName, type Topic, events } from '../../contract/events.ts';
import type { Scope, Tx } from '../access/scope.ts';

/** What it happened to, and in which project. */
type About = { subject: string; projectId: string };

/** `name($1, …)`, and what `record` writes of it where it has happened. */
const textOf = (name: string, count: number): string => {
	const places = Array.from({ length: count + 7 }, (_, index) => `$${index + 1}`);
	const [project, person, key, event, subject, tab, topics] = places.slice(count);
	const text = `
		with deed as materialized (select * from ${name}(${places.slice(0, count).join(', ')})),
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
 * A deed that is one function of the database (drizzle/functions) of so many `values`, and what `record` would write of it, in one statement:
 * what people do once a second leaves in one packet with its whole transaction, where that ends with it (`Tx.last`). The function is
 * asked under row level security, like any statement. It answers whether it has `happened` now, or had before, the `details` of the
 * event, and `Answer`; what it raises is thrown.
 */
export const deed = <Answer extends object>(event: EventName, name: string, count: number) => {
	const { details: schema, topics, feed, audited, webhook } = events[event];
	if (!feed || audited || webhook) throw new Error(`${event} is more than an activity, or less: it needs "record".`);
	const text = textOf(name, count);
	return async (
		tx: Tx,
		scope: Pick<Scope, 'userId' | 'key' | 'request'>,
		{ subject, projectId }: About,
		values: unknown[]
	): Promise<Answer> => {
		const named = (topics as (about: About) => Topic[])({ subject, projectId });
		const untold = named.filter((topic) => !tx.topics.has(topic));
		const actor = [scope.userId, scope.key?.id ?? null];
		const written = [projectId, ...actor, event, subject, scope.request?.tab ?? null, untold];
		const [row] = await tx.sends.unsafe(text, [...values, ...written] as never[]);
		const { happened, details, ...answer } = row!;
		if (happened) {
			if (process.env.NODE_ENV === 'test') v.parse(schema, details);
			tx.events.push(event);
			for (const topic of untold) tx.topics.add(topic);
		}
		return answer as Answer;
	};
};
