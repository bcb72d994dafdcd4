import { type Said, voterFrom } from '../../../src/lib/core/evaluations/counted.ts';

type Voter = { id: string; name: string; wrote: number };

/** What each of these said, as the checks see it; nothing came once more to anybody. */
export const countedVoters = (voters: readonly Voter[], votes: readonly Said[]) =>
	voters.map((voter) => {
		const own = votes.filter(({ personId }) => personId === voter.id);
		return { ...voter, ...voterFrom(voter.id, own, []) };
	});
