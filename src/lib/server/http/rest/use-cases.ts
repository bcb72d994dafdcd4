import type { Operation } from '../../../contract/operation.ts';
import type { ProjectScope, Scope } from '../../access/scope.ts';

export type AnyUseCase = ((scope: Scope | ProjectScope, input: never) => Promise<unknown>) & { operation: Operation };

/** By the operation's name. */
export type UseCases = ReadonlyMap<string, AnyUseCase>;
