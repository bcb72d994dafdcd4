import { assuranceOf, planProves } from './assurance.ts';
import { mostVotes, type Plan } from './plan.ts';
import { many } from './words.ts';
import { minimum } from './rules.ts';

/** A plan that the set-up page offers, in words of somebody who does not count. */
export type Offer = { id: string; title: string; plan: Plan; sentence: string; work: string; chance: number };

/** Beyond this more prompts change little that anybody would wait for. */
const thorough = 150;

const workOf = ({ prompts, votes }: Plan, people: number) => {
	const all = prompts * votes;
	const each = Math.ceil(all / Math.max(1, people));
	const share = people > 1 ? `, about ${each.toLocaleString('en')} each if ${people} take part` : '';
	return `${many(all, 'vote')}${share}`;
};

/**
 * Two or three plans: a short one, one with every prompt (up to 150), and, where there are people for it, one with several votes on
 * fewer prompts. The same number of votes, so that they can be weighed against each other.
 */
export const offersOf = (
	available: number,
	{ people, ties, attempt, delta }: { people: number; ties: number; attempt: number; delta: number }
): Offer[] => {
	const most = Math.min(available, thorough);
	const votes = Math.min(mostVotes, people);
	const short = Math.min(most, Math.max(minimum.toShip * 2, Math.round(most / 2)));
	const few = Math.max(1, Math.round(most / votes));
	const offer = (id: string, title: string, prompts: number, each: number): Offer => {
		const plan = { prompts, votes: each, delta, attempt };
		return {
			id,
			title,
			plan,
			sentence: planProves(plan, ties).sentence,
			work: workOf(plan, people),
			chance: assuranceOf(plan, ties)
		};
	};
	return [
		offer('thorough', most === available ? 'Every prompt, one vote' : `${most} prompts, one vote`, most, 1),
		...(short < most ? [offer('short', 'A shorter look', short, 1)] : []),
		...(votes > 1 && few >= minimum.toShip
			? [offer('several', votes === 2 ? 'Two people on each prompt' : 'Three people on each prompt', few, votes)]
			: [])
	];
};
