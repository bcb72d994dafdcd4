import * as v from 'valibot';

/** An id of ours in an address, a form or a request. `what` begins the sentence: `Id('The run')`. */
export const Id = (what: string) => v.pipe(v.string(`${what} is missing`), v.uuid(`${what} is not one of ours`));
