import '../../src/launch/node24.ts';
import { Bench } from './bench.ts';
import { equivalent } from './equivalent.ts';
import { kindsOf } from './kinds.ts';
import type { Mutant } from './mutant.ts';

// `npm run mutate`: all of them. `npm run mutate -- policies votes_add`: the mutants whose ids contain one of these words.
// `--list` only names them.

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const onlyList = process.argv.includes('--list');
const isWanted = ({ id }: Mutant) => words.length === 0 || words.some((word) => id.includes(word));

const reasonOf = ({ id, changesNothing }: Mutant): string | undefined =>
	changesNothing ??
	equivalent.find(({ mutant }) => (typeof mutant === 'string' ? mutant === id : mutant.test(id)))?.because;

const bench = await Bench.start();
const score = { killed: 0, alive: [] as string[], nothing: 0 };
const all: Mutant[] = [];
try {
	for (const { name, mutants } of kindsOf(bench)) {
		const made = await mutants();
		all.push(...made);
		const before = { killed: score.killed, alive: score.alive.length, nothing: score.nothing };
		const wanted = made.filter(isWanted);
		for (const [i, mutant] of wanted.entries()) {
			const reason = reasonOf(mutant);
			if (onlyList) console.log(`${mutant.id}${reason ? ` — changes nothing: ${reason}` : ''}`);
			else await judge(mutant, reason, `${i + 1}/${wanted.length}`);
		}
		if (wanted.length === 0 || onlyList) continue;
		const [killed, alive] = [score.killed - before.killed, score.alive.length - before.alive];
		console.log(
			`${name}: ${killed} killed, ${alive} alive, ${score.nothing - before.nothing} change nothing ` +
				`(${((100 * killed) / Math.max(1, killed + alive)).toFixed(1)} %)\n`
		);
	}
} finally {
	await bench.stop();
}

async function judge(mutant: Mutant, reason: string | undefined, place: string) {
	if (reason) {
		score.nothing++;
		console.log(`[${place}] =       ${mutant.id} — ${reason}`);
		return;
	}
	const { killedBy } = await bench.fateOf(mutant);
	if (killedBy) score.killed++;
	else score.alive.push(mutant.id);
	console.log(`[${place}] ${killedBy ? 'killed ' : 'ALIVE  '} ${mutant.id}${killedBy ? ` ← ${killedBy}` : ''}`);
}

const stale = equivalent.filter(
	({ mutant }) => !all.some(({ id }) => (typeof mutant === 'string' ? mutant === id : mutant.test(id)))
);
for (const { mutant } of stale) console.log(`equivalent.ts names a mutant that is not there any more: ${mutant}`);
for (const id of score.alive) console.log(`alive: ${id}`);
console.log(`${score.killed} killed, ${score.alive.length} alive`);
process.exit(score.alive.length > 0 || stale.length > 0 ? 1 : 0);
