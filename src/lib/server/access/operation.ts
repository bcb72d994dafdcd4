import * as v from 'valibot';
import type { Command, Input, Operation, Output, Query, Within } from '../../contract/operation.ts';
import { type Action, authorize } from '../../core/permissions.ts';
import { type ProjectScope, type Scope, withTimeouts } from './scope.ts';
import type { Person, SignedIn } from './signed-in.ts';

/** Whoever stands before us, signed in or not. */
export type Visitor = {
	/** The secret of their browser (access/browser.ts); none before they asked for anything. */
	browserToken: string | undefined;
	address: string;
	/** For the audit log. */
	requestId?: string;
	person?: Person | null;
};
/** Who acts, by where the operation happens. */
type Actor<W extends Within> = { visitor: Visitor; person: SignedIn; team: Scope; project: ProjectScope }[W];

/** A use case: the only way to what it does, and the operation it carries out. */
export type UseCase<Op extends Operation> = {
	(
		actor: Actor<Op['within']>,
		...input: Record<never, never> extends Input<Op> ? [input?: Input<Op>] : [input: Input<Op>]
	): Promise<Output<Op>>;
	operation: Op;
};

/** In tests every answer is held against the contract: a field that is not in it would leave over REST unlisted. */
const held = <Op extends Operation>(operation: Op, answer: Output<Op>): Output<Op> => {
	if (process.env.NODE_ENV !== 'test') return answer;
	const found = v.safeParse(operation.output, answer);
	if (found.success) return answer;
	const issues = found.issues.map((issue) => `${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`);
	throw new Error(`${operation.name} does not answer what its contract says:\n${issues.join('\n')}`);
};

const useCase = <Op extends Operation>(
	operation: Op,
	work: (actor: Actor<Op['within']>, input: Input<Op>) => Promise<Output<Op>> | Output<Op>
): UseCase<Op> => {
	const run = async (actor: Actor<Op['within']>, input: Input<Op> = {} as Input<Op>): Promise<Output<Op>> => {
		if (operation.action !== null) authorize(actor as Scope, operation.action as Action);
		const atIts = operation.long ? (withTimeouts(actor as Scope, 'long') as typeof actor) : actor;
		return held(operation, await work(atIts, input));
	};
	return Object.assign(run, { operation }) as unknown as UseCase<Op>;
};

/**
 * Makes the use case of an operation that changes something. Whoever calls it is checked against the operation's action
 * first: there is no other way in. Throws *forbidden*.
 */
export const command: <Op extends Command>(
	operation: Op,
	work: (actor: Actor<Op['within']>, input: Input<Op>) => Promise<Output<Op>> | Output<Op>
) => UseCase<Op> = useCase;

/** Whoever only looks holds nobody's membership. */
const looking = <A>(actor: A): A => {
	const scope = actor as Partial<Scope>;
	return scope.look ? { ...actor, tx: scope.look } : actor;
};

/** The same for an operation that only looks. The `tx` of one that is `writing` is that of a change; it may `look` first. */
export const query: <Op extends Query>(
	operation: Op,
	work: (actor: Actor<Op['within']>, input: Input<Op>) => Promise<Output<Op>> | Output<Op>
) => UseCase<Op> = (operation, work) =>
	useCase(operation, operation.writing ? work : (actor, input) => work(looking(actor), input));
