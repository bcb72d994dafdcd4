import '../../../src/launch/node24.ts';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { defaultRecipe, presets } from '../../../src/lib/core/runs/recipe.ts';
import { variableNames } from '../../../src/lib/server/platform/config-variables.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { makeSignInLink } from '../../../src/lib/server/access/sign-in.ts';
import { startPlatform } from '../../../src/lib/server/platform/start.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { signExamples } from '../../../src/lib/server/examples/signatures.ts';
import { beginAsGuest } from '../../../src/lib/server/evaluations/guest-votes.ts';
import { letJudge } from '../../../src/lib/server/evaluations/judge.ts';
import { startJudging } from '../../../src/lib/server/evaluations/judgings.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { keepPair } from '../../../src/lib/server/playground/commands.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { runUntilStopped } from '../../../src/launch/children.ts';
import { readFacts } from '../../upgrade/app.ts';
import { dumpRows } from './dump-rows.ts';
import { newestMigration } from './earlier-state.ts';
import { tellEnd } from '../../../src/lib/server/runs/mail.ts';
import { drive } from '../data/training.ts';
import { newWorld } from '../data/world.ts';

// `npm run upgrade:dump`: a database of the newest migration with one of everything, as tests/upgrade/<migration>.sql. Once
// a migration has landed, its file is what people may have: it stays as it is, and tests/upgrade reads it for ever.

const sample = 'examples/customer-support/examples.jsonl';
/** Enough for the twelve pairs of an evaluation, and little enough to read. */
const examples = 60;

await runUntilStopped(async (later) => {
	const number = newestMigration();
	const target = `tests/upgrade/${number}.sql`;
	if (fs.existsSync(target))
		throw new Error(`${target} is there already. Remove it first, unless its migration has landed: then it stays.`);
	const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-dump-'));
	later(async () => fs.rmSync(room, { recursive: true, force: true }));
	fs.chmodSync(room, 0o711); // Postgres runs as somebody else when we are root
	for (const name of variableNames) delete process.env[name]; // what the developer configured has no place in the file
	Object.assign(process.env, {
		DATA_DIR: room,
		KEKS: `test:${Buffer.alloc(32, 7).toString('base64')}`, // as in setup.ts, which so can open what is sealed
		ALLOW_LOCAL_PROVIDERS: 'true',
		SANDBOX_SPEED: '50',
		POLL_SECONDS: '1',
		LOG_LEVEL: 'warn'
	});
	const { ownerUrl, sandboxUrl, stop } = await startPlatform();
	later(stop);
	const owner = postgres(ownerUrl!, { max: 2, onnotice: () => {} });
	later(async () => {
		await closePools();
		await owner.end({ timeout: 2 });
	});
	configureProviders({ allowLocal: true });

	const facts = await fill(owner, sandboxUrl!, room);
	const text = `-- A database after migration ${number}, written by \`npm run upgrade:dump\`: the data of schema public, without the queues.
-- People are made up. The one sealed key is a random word, under the key of the tests; sessions and tokens are only hashes.
-- facts: ${JSON.stringify(facts)}

${await dumpRows(owner)}`;
	fs.writeFileSync(target, text);
	console.log(`${target}: ${Math.round(text.length / 1024)} kB`);
	return 0;
});

/** One of everything; the last two runs are real ones, trained at the sandbox: with examples, and with preferences. */
async function fill(owner: postgres.Sql, sandboxUrl: string, room: string) {
	const file = path.join(room, 'examples.jsonl');
	const lines = fs.readFileSync(sample, 'utf8').split('\n').slice(0, examples);
	// one has a mark
	const weighty = { ...(JSON.parse(lines.at(-1)!) as object), weight: 2 };
	fs.writeFileSync(file, [...lines.slice(0, -1), JSON.stringify(weighty)].join('\n'));
	const world = await newWorld(owner, sandboxUrl, { file });
	const { owner: scope } = world.scopes;
	const within = await inProject(scope, world.project);
	await rewriteExample(within, {
		exampleId: world.example,
		output: 'It’s on its way, and the “missing” part costs nothing.\nYours, A. \\o/',
		score: 9,
		clientId: randomUUID()
	});
	const run = await startRun(within, { clientId: randomUUID(), method: 'sft', ...defaultRecipe, learningRate: 1e-4 });
	const { status, problem } = await drive(scope, run.id);
	if (status !== 'ready') throw new Error(`The run ended as ${status}: ${problem}`);
	const judge = {
		connectionId: within.project.connectionId!,
		model: 'sandbox-large',
		criteria: 'The answer that helps more.'
	};
	const judging = await startJudging(within, { evaluationId: world.revealed, ...judge });
	await letJudge(scope, judging.id, AbortSignal.timeout(60_000));
	await tellEnd(scope, run.id);
	await beginAsGuest({ browserToken: randomUUID(), address: '192.0.2.1' }, { token: world.guestToken });
	await signExamples(scope);
	for (let at = 0; at < 10; at++)
		// fewer are no training
		await keepPair(within, {
			clientId: randomUUID(),
			prompt: [{ role: 'user', content: `Do you ship to island ${at}?` }],
			chosen: 'Yes. It takes three to five days.',
			rejected: 'Please see our website.',
			chosenBy: `v${run.version}`,
			rejectedBy: 'sandbox-small'
		});
	const second = await startRun(within, { clientId: randomUUID(), method: 'dpo', ...presets.dpo.balanced });
	const end = await drive(scope, second.id);
	if (end.status !== 'ready') throw new Error(`The run with preferences ended as ${end.status}: ${end.problem}`);
	await makeSignInLink({ email: 'ana@example.com', browserToken: randomUUID() });
	await owner`insert into rate_limits (key, count, resets_at) values ('sign-in|192.0.2.1', 1, now() + interval '1 hour')`;

	await owner`insert into buckets (name, full_at) values ('api-network:192.0.2.1', now() + interval '1 minute')`;
	await owner`insert into named_requests (team_id, key_id, name, fingerprint, held_until, acted, status, answer)
		select team_id, id, 'nightly', sha256('body'), now(), true, 201, '{}' from api_keys where team_id = ${world.teamId} limit 1`;

	const { teamId, project, people, example, revealed, voting } = world;
	return readFacts({ teamId, project, owner: people.owner, example, revealed, voting });
}
