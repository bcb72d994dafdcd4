import '../../src/launch/node24.ts';
import fs from 'node:fs';
import { AtOnce } from './at-once.ts';
import { Bench, type Fate, Unjudged } from './bench.ts';
import { mutateCore } from './core.ts';
import { equivalent } from './equivalent.ts';
import { kindsOf } from './kinds.ts';
import type { Hint, Mutant } from './mutant.ts';
import { Verdicts } from './verdicts.ts';

// `npm run mutate`: all of them. `npm run mutate -- policies votes_add`: the mutants whose ids contain one of these words;
// `npm run mutate -- core/math core/text`: of the rules, in these folders or all. `--list` only names those of the database; `--at-once` leaves out the long part, which is to ask one by one what nobody has noticed, and `--alone` the other; `--keep=FILE` keeps the verdicts there, from
// where a run that was cut short goes on.

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const onlyList = process.argv.includes('--list');
/** Asks nobody alone: what nobody notices at once is called left. */
const onlyAtOnce = process.argv.includes('--at-once');
/** And here nobody is asked at once. */
const onlyAlone = process.argv.includes('--alone');
const keep = process.argv.find((word) => word.startsWith('--keep='))?.slice('--keep='.length);
const fates = new Verdicts<Fate>(keep, ({ killedBy }, asked) => (killedBy ? [killedBy.split(' > ')[0]!] : asked));
/** `core`, `core/math`: the folders of core that are asked for; null where something else is. */
const core = words.filter((word) => /^core(\/|$)/.test(word)).map((word) => word.replace(/^core\/?/, ''));
const others = words.filter((word) => !/^core(\/|$)/.test(word));
const isWanted = ({ id }: Mutant) => words.length === 0 || others.some((word) => id.includes(word));

const reasonOf = ({ id, changesNothing }: Mutant): string | undefined =>
	changesNothing ??
	equivalent.find(({ mutant }) => (typeof mutant === 'string' ? mutant === id : mutant.test(id)))?.because;

/** From so many mutants on they are asked at once. */
const worthIt = 3;

const score = { killed: 0, alive: [] as string[], nothing: 0, asked: 0 };
const all: Mutant[] = [];
let isCut = false;
let running: AtOnce | undefined;
// as `timeout` does it: what is known by then is kept, and nothing is left running
process.once('SIGTERM', () => {
	isCut = true;
	console.log('cut short');
	void running?.cut();
});
const bench = words.length === 0 || others.length > 0 ? await Bench.start() : undefined;
try {
	for (const { name, mutants } of bench ? kindsOf(bench) : []) {
		const made = await mutants();
		all.push(...made);
		const before = { ...score, alive: score.alive.length };
		const wanted = made.filter(isWanted).map((mutant) => ({ ...mutant, hint: hintOf(mutant) }));
		if (!onlyList && !onlyAlone) await askAtOnce(wanted.filter((mutant) => !reasonOf(mutant) && !knownOf(mutant)));
		for (const [i, mutant] of wanted.entries()) {
			if (isCut) break;
			const reason = reasonOf(mutant);
			if (onlyList) console.log(`${mutant.id}${reason ? ` — changes nothing: ${reason}` : ''}`);
			else if (onlyAtOnce && !reason && !knownOf(mutant)) console.log(`left    ${mutant.id}`);
			else await judge(mutant, reason, `${i + 1}/${wanted.length}`);
		}
		if (wanted.length === 0 || onlyList) continue;
		const [killed, alive] = [score.killed - before.killed, score.alive.length - before.alive];
		console.log(
			`${name}: ${killed} killed, ${alive} alive, ${score.nothing - before.nothing} change nothing ` +
				`(${((100 * killed) / Math.max(1, killed + alive)).toFixed(1)} %); ${score.asked - before.asked} of them asked now\n`
		);
	}
} finally {
	await bench?.stop();
}
const rules =
	onlyList || isCut || (words.length > 0 && core.length === 0)
		? { killed: 0, alive: 0, stale: 0 }
		: await mutateCore(core.includes('') ? [] : core, keep);

function knownOf(mutant: Mutant) {
	return fates.before(keyOf(mutant), mutant.files);
}

function keyOf({ id, sql, edit }: Mutant) {
	return { id, text: JSON.stringify([sql, edit && { ...edit, isExpression: undefined }]) };
}

/** What noticed it in the run before, if that is a test which may still be there. */
function hintOf({ id }: Mutant): Hint | undefined {
	const [file, ...names] = fates.last(id)?.killedBy?.split(' > ') ?? [];
	return file && fs.existsSync(file) ? { file, test: names.join(' > ') } : undefined;
}

/** Most are noticed this way; those that are not stay to be asked alone. */
async function askAtOnce(mutants: Mutant[]) {
	if (isCut || mutants.length < worthIt) return;
	const atOnce = await AtOnce.start(bench!.ownerUrl, mutants);
	running = atOnce;
	try {
		await atOnce.ask((mutant, killedBy) => {
			score.asked++;
			fates.keep(keyOf(mutant), mutant.files, { killedBy });
			console.log(`noticed ${mutant.id} ← ${killedBy}`);
		});
	} finally {
		await atOnce.stop();
	}
}

async function judge(mutant: Mutant, reason: string | undefined, place: string) {
	if (reason) {
		score.nothing++;
		console.log(`[${place}] =       ${mutant.id} — ${reason}`);
		return;
	}
	const { killedBy } = await fates
		.of(keyOf(mutant), mutant.files, () => {
			score.asked++;
			return bench!.fateOf(mutant);
		})
		.catch((problem): Fate => {
			if (!(problem instanceof Unjudged)) throw problem;
			console.log(problem.message);
			return { killedBy: null };
		});
	if (killedBy) score.killed++;
	else score.alive.push(mutant.id);
	console.log(`[${place}] ${killedBy ? 'killed ' : 'ALIVE  '} ${mutant.id}${killedBy ? ` ← ${killedBy}` : ''}`);
}

const stale = bench
	? equivalent.filter(
			({ mutant }) => !all.some(({ id }) => (typeof mutant === 'string' ? mutant === id : mutant.test(id)))
		)
	: [];
for (const { mutant } of stale) console.log(`equivalent.ts names a mutant that is not there any more: ${mutant}`);
for (const id of score.alive) console.log(`alive: ${id}`);
console.log(`${score.killed + rules.killed} killed, ${score.alive.length + rules.alive} alive`);
// of the rules nine in ten have to die; of what guards the data, all
const isGood =
	!isCut && score.alive.length === 0 && stale.length === 0 && rules.stale === 0 && rules.killed >= 9 * rules.alive;
process.exit(isGood ? 0 : 1);
