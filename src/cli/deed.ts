import type { Command, Input } from './command.ts';
import type { Io } from './terminal/io.ts';
import type { Say } from './terminal/say.ts';

/** What a command does. Whatever it gives back is the exit code; nothing is 0. */
export type Deed<C extends Command> = (given: {
	io: Io;
	say: Say;
	args: string[];
	flags: Input<C>['flags'];
}) => Promise<number | void> | number | void;
